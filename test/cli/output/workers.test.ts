import { describe, expect, it } from 'vitest';
import { workersText } from '../../../src/cli/output/workers.ts';
import { workersReport } from '../../../src/export/workers.ts';
import type { ProcessRecord } from '../../../src/query/answers/processes.ts';
import { processRecord } from '../../support/heartbeats.ts';

const NOW = '2026-11-25 14:00:05.000000';
const SILENT = { id: 'b', host: 'machine-2\u202e', seenAt: '2026-11-25 13:58:05.000000' };
const HOLDING = { heldMessages: 1_234, oldestHeldAt: '2026-11-25 13:58:48.000000' };

function seen(...differences: readonly Partial<ProcessRecord>[]) {
  return { now: NOW, processes: differences.map(processRecord) };
}

describe('the workers for a person', () => {
  it('are a line each, with what each has done, and up to when all is stored', () => {
    const stopped = { id: 'c', state: 'stopped', lastFlushAt: undefined, ledger: undefined } as const;
    const text = workersText(seen(HOLDING, SILENT, stopped, { role: 'server' }));
    const [headings, ...lines] = text.split('\n').map((line) => line.trimEnd().split(/ {2,}/));
    expect(headings).toEqual([
      'host',
      'pid',
      'release',
      'state',
      'since (UTC)',
      'last seen',
      'last flush',
      'received',
      'stored',
      'duplicates',
      'dead-lettered',
      'discarded',
      'held',
      'lag',
    ]);
    const since = '2026-11-25 12:00:00';
    const done = ['15', '4', '3', '1', '5'];
    expect(lines).toEqual([
      ['machine-1', '4711', '1.2.3', 'running', since, '5 s ago', '15 s ago', ...done, '1,234', '1 min 12 s'],
      ['machine-2\\u202e', '4711', '1.2.3', 'silent', since, '2 min ago', '15 s ago', ...done, '0', '-'],
      ['machine-1', '4711', '1.2.3', 'stopped', since, '5 s ago', '-', '-', '-', '-', '-', '-', '0', '-'],
      [''],
      ['Stored up to 13:58:48 UTC.'],
      [''],
    ]);
  });

  it('that have all ended: it says that none is running', () => {
    expect(workersText(seen({ state: 'stopped' }))).toMatch(
      /\n\nNo worker is running; stored up to 14:00:00 UTC\.\n$/,
    );
  });

  it('that are not there: it says so', () => {
    expect(workersText(seen({ role: 'server' }))).toMatch(/^No worker was seen within a day: .*\n/);
  });
});

describe('the workers for a program', () => {
  it('have all that is known of them, with times in RFC 3339', () => {
    const report = workersReport(seen({ ...HOLDING, heldBytes: 5_000 }, SILENT));
    expect(report).toMatchObject({
      now: '2026-11-25T14:00:05.000000Z',
      storedUpTo: { kind: 'running', at: '2026-11-25T13:58:48.000000Z' },
    });
    expect(report.workers[0]).toEqual({
      id: processRecord().id,
      host: 'machine-1',
      pid: 4_711,
      release: '1.2.3',
      state: 'running',
      startedAt: '2026-11-25T12:00:00.000000Z',
      seenAt: '2026-11-25T14:00:00.000000Z',
      lastFlushAt: '2026-11-25T13:59:50.000000Z',
      heldMessages: 1_234,
      heldBytes: 5_000,
      oldestHeldAt: '2026-11-25T13:58:48.000000Z',
      lagMs: 72_000,
      messages: 9,
      received: 15,
      stored: 4,
      duplicates: 3,
      deadLettered: 1,
      discarded: 5,
      released: 0,
      held: 2,
    });
    expect(report.workers[1]).toMatchObject({ state: 'silent', oldestHeldAt: null, lagMs: null });
  });

  it('that are not there are an empty list', () => {
    expect(workersReport(seen())).toEqual({
      now: '2026-11-25T14:00:05.000000Z',
      storedUpTo: { kind: 'unknown', at: null },
      workers: [],
    });
  });

  it('never have a lag below 0, though Pub/Sub’s clock be ahead', () => {
    const { workers } = workersReport(seen({ oldestHeldAt: '2026-11-25 14:00:02.000000' }));
    expect(workers).toMatchObject([{ lagMs: 0 }]);
  });
});
