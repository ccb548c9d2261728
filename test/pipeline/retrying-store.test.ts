import { expect, it } from 'vitest';
import type { WriteResult } from '../../src/pipeline/ports.ts';
import { RetryingStore } from '../../src/pipeline/retrying-store.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { MemoryStore, type WriteOutcome } from '../support/memory-store.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { sampleEntry } from '../support/samples.ts';

const HOUR_MS = 3_600_000;

it('a transient failure is tried again until it passes', async () => {
  const { store, clock, write } = begin();
  store.script.push('transient', 'transient', 'transient');
  const writing = write('a');
  await clock.advance(1_000);
  expect(writing.result).toEqual({ stored: 1, duplicates: 0 });
  expect(store.writes).toHaveLength(4);
});

it('a deadlock is mended without a word to the operator', async () => {
  const { store, clock, log, write } = begin();
  store.script.push('transient');
  const writing = write('a');
  await clock.advance(50);
  expect(writing.result).toEqual({ stored: 1, duplicates: 0 });
  expect(log.told).toEqual([]);
});

it('a lost COMMIT reply is tried again, and the retry finds the row', async () => {
  const { store, clock, write } = begin();
  store.script.push('lost-reply');
  const writing = write('a');
  await clock.advance(100);
  expect(writing.result).toEqual({ stored: 0, duplicates: 1 });
  expect(store.rows.size).toBe(1);
});

it('the database is down for an hour: tries every 2 seconds at most, told every 30 seconds, used again within 2', async () => {
  const { store, clock, log, write } = begin();
  store.outcome = 'transient';
  const writing = write('a');
  await clock.advance(HOUR_MS);
  expect(writing.result).toBeUndefined();
  expect(store.writes.length).toBeGreaterThan(HOUR_MS / 2_000);
  expect(store.writes.length).toBeLessThan(HOUR_MS / 200);
  expect(log.told.length).toBeGreaterThan(100);
  expect(log.told.length).toBeLessThanOrEqual(121);

  store.outcome = 'pass';
  await clock.advance(2_000);
  expect(writing.result).toEqual({ stored: 1, duplicates: 0 });
  expect(log.told.at(-1)).toMatchObject({ level: 'info', message: 'the database takes no writes: over' });
});

it.for(['fatal', 'row'] as const)('a %s failure is not tried again', async (verdict) => {
  const { store, clock, write } = begin();
  if (verdict === 'fatal') store.outcome = 'fatal';
  else store.refused.add('a');
  const writing = write('a');
  await clock.advance(HOUR_MS);
  expect(writing.error).toMatchObject({ verdict });
  expect(store.writes).toHaveLength(1);
});

it('giving up ends the wait between two tries at once', async () => {
  const { store, clock, write, giveUp } = begin();
  store.outcome = 'transient';
  const writing = write('a');
  await settled();
  giveUp();
  await settled();
  expect(writing.error).toMatchObject({ message: 'given up' });
  expect(clock.timers).toBe(0);
  expect(store.writes).toHaveLength(1);
});

it('giving up ends a try that hangs, and its late failure troubles nobody', async () => {
  const { store, write, giveUp } = begin();
  const outcome = Promise.withResolvers<WriteOutcome>();
  store.outcome = outcome.promise;
  const writing = write('a');
  await settled();
  giveUp();
  await settled();
  expect(writing.error).toMatchObject({ message: 'given up' });
  outcome.resolve('transient');
  await settled();
});

it('after giving up no try is begun', async () => {
  const { store, write, giveUp } = begin();
  store.outcome = 'fatal';
  giveUp();
  const writing = write('a');
  await settled();
  expect(writing.error).toMatchObject({ message: 'given up' });
  expect(store.writes).toEqual([]);
});

it('close closes the store', async () => {
  const { store, retrying } = begin();
  await retrying.close();
  expect(store.closed).toBe(true);
});

interface Writing {
  result?: WriteResult;
  error?: unknown;
}

function begin() {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const store = new MemoryStore();
  const signal = new AbortController();
  const retrying = new RetryingStore({ store, clock, log, signal: signal.signal });
  const write = (eventId: string): Writing => {
    const writing: Writing = {};
    retrying.write([sampleEntry(eventId)]).then(
      (result) => (writing.result = result),
      (error: unknown) => (writing.error = error),
    );
    return writing;
  };
  const giveUp = () => {
    signal.abort(new Error('given up'));
  };
  return { clock, log, store, retrying, write, giveUp };
}
