import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { workerHeartbeat } from '../../src/app/worker-heartbeat.ts';
import { Ledger } from '../../src/pipeline/ledger.ts';
import { watchedWorker } from '../support/watched-worker.ts';

const GOES_ON = new AbortController().signal;

describe('what a worker says of itself', () => {
  it('who it is, what it holds, when it last flushed, what became of its entries', () => {
    const ledger = Object.assign(new Ledger(), { messages: 5, received: 7, stored: 4 });
    const held = { messages: 3, bytes: 4_000 };
    const watched = watchedWorker(
      { ledger, sinceFlushMs: 1_234 },
      { held, oldestPublishTime: () => ({ seconds: 1_795_615_400, nanos: 123_456_789 }) },
    );
    const beat = workerHeartbeat(watched, GOES_ON)(false);
    expect(beat).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      role: 'worker',
      host: hostname(),
      pid: process.pid,
      release: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      state: 'running',
      runsForMs: expect.any(Number) as number,
      sinceFlushMs: 1_234,
      heldMessages: 3,
      heldBytes: 4_000,
      oldestHeldAt: '2026-11-25 14:03:20.123456',
      ledger: {
        messages: 5,
        received: 7,
        stored: 4,
        duplicates: 0,
        deadLettered: 0,
        discarded: 0,
        released: 0,
        held: 3,
      },
    });
  });

  it('the same id each time, and another for another worker', () => {
    const look = workerHeartbeat(watchedWorker(), GOES_ON);
    expect(look(true).id).toBe(look(false).id);
    expect(workerHeartbeat(watchedWorker(), GOES_ON)(false).id).not.toBe(look(false).id);
  });

  it('that it holds nothing', () => {
    const beat = workerHeartbeat(watchedWorker(), GOES_ON)(false);
    expect([beat.heldMessages, beat.oldestHeldAt, beat.sinceFlushMs]).toEqual([0, undefined, undefined]);
  });

  it('that it drains, once it is told to or has failed; and that it has stopped', () => {
    expect(workerHeartbeat(watchedWorker(), AbortSignal.abort())(false).state).toBe('draining');
    const failed = workerHeartbeat(watchedWorker({ draining: true }), GOES_ON);
    expect(failed(false).state).toBe('draining');
    expect(failed(true).state).toBe('stopped');
  });
});
