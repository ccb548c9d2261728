import { describe, expect, it } from 'vitest';
import type { Processes, ProcessRecord } from '../../src/query/answers/processes.ts';
import { readStoredUpTo, storedUpTo, storedUpToText } from '../../src/query/answers/stored-up-to.ts';
import { processRecord } from '../support/heartbeats.ts';

const NOW = '2026-11-25 14:00:05.000000';
const SIGNAL = new AbortController().signal;

function at(clock: string): string {
  return `2026-11-25 ${clock}`;
}

function seen(...differences: readonly Partial<ProcessRecord>[]): Processes {
  return { now: NOW, processes: differences.map(processRecord) };
}

describe('up to when what was published is stored', () => {
  it('with a worker that holds nothing: until it was seen', () => {
    const processes = seen({ seenAt: at('14:00:00.000000') });
    expect(storedUpTo(processes)).toEqual({ kind: 'running', at: at('14:00:00.000000'), now: NOW });
  });

  it('with one that holds messages: until the oldest of them was published', () => {
    const processes = seen({ oldestHeldAt: at('13:58:01.500000'), heldMessages: 7 });
    expect(storedUpTo(processes)).toMatchObject({ kind: 'running', at: at('13:58:01.500000') });
  });

  it('with several: as far as the one that is furthest behind', () => {
    const processes = seen(
      { seenAt: at('14:00:01.000000') },
      { seenAt: at('14:00:04.000000'), oldestHeldAt: at('13:59:30.000000') },
      { seenAt: at('13:59:45.000000'), state: 'draining' },
    );
    expect(storedUpTo(processes)).toMatchObject({ at: at('13:59:30.000000') });
  });

  it('never later than it was seen, though Pub/Sub’s clock be ahead', () => {
    const processes = seen({ seenAt: at('14:00:00.000000'), oldestHeldAt: at('14:00:02.000000') });
    expect(storedUpTo(processes)).toMatchObject({ at: at('14:00:00.000000') });
  });

  it.each([
    ['stopped', { state: 'stopped', oldestHeldAt: at('13:00:00.000000') }],
    ['has been silent for more than 30 s', { seenAt: at('13:59:34.999000') }],
    ['is no worker', { role: 'server', oldestHeldAt: at('13:00:00.000000') }],
  ] as const)('a process that %s does not hold it back', (_, other) => {
    expect(storedUpTo(seen({}, other))).toMatchObject({ kind: 'running', at: at('14:00:00.000000') });
  });

  it('a worker is running for as long as it was seen within 30 s', () => {
    const [last, silent] = [at('13:59:35.000000'), at('13:59:34.999000')];
    expect(storedUpTo(seen({ seenAt: last }))).toMatchObject({ kind: 'running', at: last });
    expect(storedUpTo(seen({ seenAt: silent }))).toMatchObject({ kind: 'stopped', at: silent });
  });

  it('with none running: as far as the last one came', () => {
    const processes = seen(
      { state: 'stopped', seenAt: at('13:40:00.000000') },
      { state: 'stopped', seenAt: at('13:50:00.000000') },
      { seenAt: at('13:55:00.000000'), oldestHeldAt: at('13:45:00.000000') },
    );
    expect(storedUpTo(processes)).toEqual({ kind: 'stopped', at: at('13:50:00.000000'), now: NOW });
  });

  it('one that gave messages back when it stopped has come as far as its last flush', () => {
    const ledger = { ...processRecord().ledger!, released: 5 };
    const stopped = { state: 'stopped', ledger, lastFlushAt: at('13:30:00.000000') } as const;
    expect(storedUpTo(seen(stopped))).toMatchObject({ kind: 'stopped', at: at('13:30:00.000000') });
    const never = { ...stopped, lastFlushAt: undefined, startedAt: at('12:00:00.000000') };
    expect(storedUpTo(seen(never))).toMatchObject({ at: at('12:00:00.000000') });
  });

  it('without any worker it is not known', () => {
    expect(storedUpTo(seen({ role: 'server' }))).toEqual({ kind: 'unknown' });
  });
});

describe('asked of the database', () => {
  it('is what the processes say', async () => {
    const reader = { processes: () => Promise.resolve(seen({})) };
    expect(await readStoredUpTo(reader, SIGNAL)).toMatchObject({ kind: 'running' });
  });

  it('is not known where the database does not tell, but a reader who left is told so', async () => {
    const cause = new Error('no such table');
    const reader = { processes: () => Promise.reject(cause) };
    expect(await readStoredUpTo(reader, SIGNAL)).toEqual({ kind: 'unknown', cause });
    const left = AbortSignal.abort(new Error('left'));
    await expect(readStoredUpTo(reader, left)).rejects.toThrow('left');
  });
});

describe('in words', () => {
  it.each([
    ['14:03:20', 'UTC', { at: at('14:03:20.999999'), now: at('14:03:28.000000') }],
    ['19:33:20', 'Asia/Kolkata', { at: at('14:03:20.000000'), now: at('14:03:28.000000') }],
    ['2026-11-24 23:59:59', 'UTC', { at: '2026-11-24 23:59:59.500000', now: at('00:00:04.000000') }],
    ['00:59:59', 'Europe/Berlin', { at: '2026-11-24 23:59:59.500000', now: at('00:00:04.000000') }],
  ])('%s in %s, with the date if it is another', (expected, zone, times) => {
    expect(storedUpToText({ kind: 'running', ...times }, zone)).toBe(`stored up to ${expected}`);
    const stopped = storedUpToText({ kind: 'stopped', ...times }, zone);
    expect(stopped).toBe(`no worker is running; stored up to ${expected}`);
  });

  it('says if no worker has been seen', () => {
    expect(storedUpToText({ kind: 'unknown' }, 'UTC')).toBe('no worker has been seen');
  });
});
