import { describe, expect, it } from 'vitest';
import { Gatherer } from '../../../src/agent/sockets/gatherer.ts';
import { MemorySpool } from '../../../src/agent/spool/memory-spool.ts';
import { settled } from '../../support/fake-clock.ts';
import { batch, entry } from '../fake-ends.ts';

const LARGE = batch([entry(1, undefined, 'x'.repeat(1_000_000))]);

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let isDone = false;
  void promise.then(() => {
    isDone = true;
  });
  await settled();
  return isDone;
}

describe('what is gathered for a spool', () => {
  it('is bounded while the spool has no room: more is only made once there is', async () => {
    const stop = new AbortController();
    const spool = new MemorySpool(1);
    const gatherer = new Gatherer({ spool, isLossy: false }, stop.signal);
    let added = 0;
    const adding: Promise<boolean>[] = [];
    while (await isSettled(gatherer.room())) {
      adding.push(gatherer.add(LARGE));
      added += 1;
    }
    expect(added).toBeGreaterThan(5);
    expect(added).toBeLessThan(20);
    const room = gatherer.room();
    for await (const each of spool.batches(stop.signal)) {
      await spool.confirm();
      expect(each.entries.length).toBeLessThanOrEqual(2);
      if (await isSettled(room)) break;
    }
    await room;
    stop.abort();
    await Promise.all(adding);
  });

  it('waits for nothing once it is to stop, and loses nothing of what it has', async () => {
    const stop = new AbortController();
    const spool = new MemorySpool(1);
    const gatherer = new Gatherer({ spool, isLossy: false }, stop.signal);
    const adding = Array.from({ length: 12 }, () => gatherer.add(LARGE));
    const room = gatherer.room();
    expect(await isSettled(room)).toBe(false);
    stop.abort();
    await room;
    expect(await Promise.all(adding)).toEqual(Array.from({ length: 12 }, () => true));
    spool.end();
    let entries = 0;
    for await (const each of spool.batches(stop.signal)) entries += each.entries.length;
    expect(entries).toBe(12);
  });
});
