import { writeSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Sender } from '../../../packages/log/src/sender.ts';
import { type Confirmation, SendError, type Sink } from '../../../packages/log/src/sink.ts';

vi.mock('node:fs', async (original) => ({ ...(await original<object>()), writeSync: vi.fn(() => 0) }));
beforeEach(() => void vi.mocked(writeSync).mockClear());

/** A sink whose answers a test decides; what it confirmed is in `has`. */
function sinkOf(answer: (batch: readonly string[], n: number) => Promise<Confirmation> | Confirmation) {
  const has: string[] = [];
  const batches: string[][] = [];
  const sink: Sink = {
    name: 'there',
    maxEntryBytes: 1_000,
    async send(lines) {
      const batch = lines.map((line) => Buffer.from(line).toString());
      batches.push(batch);
      const outcome = await answer(batch, batches.length - 1);
      has.push(...batch);
      return outcome;
    },
    close() {},
  };
  return { sink, has, batches };
}

const confirmAll = (batch: readonly string[]) => ({ confirmed: batch.length, refused: 0 });
const line = (n: number | string) => Buffer.from(String(n));
const now = () => ({ retryAfterMs: 0 });
const quiet = () => {};

describe('a sender', () => {
  it('sends together what comes together, up to the bounds of a batch', async () => {
    const { sink, batches } = sinkOf(confirmAll);
    const sender = new Sender(sink, quiet, { batchWaitMs: 5, batchEntries: 3, batchBytes: 100 });
    for (const n of [1, 2, 3, 4]) sender.add(line(n));
    sender.add(line('a'.repeat(60)));
    sender.add(line('b'.repeat(60)));
    await sender.flush(5_000);
    expect(batches).toEqual([['1', '2', '3'], ['4', 'a'.repeat(60)], ['b'.repeat(60)]]);
    expect(sender.counts).toMatchObject({ taken: 6, confirmed: 6, held: 0 });
  });

  it('sends a lone entry after the wait, without being asked', async () => {
    let arrived = (): void => {};
    const there = new Promise<void>((resolve) => (arrived = resolve));
    const { sink, has } = sinkOf((batch) => (arrived(), confirmAll(batch)));
    new Sender(sink, quiet, { batchWaitMs: 5 }).add(line(1));
    await there;
    await expect.poll(() => has).toEqual(['1']);
  });

  it('takes no more than it may hold, what is under way included, and takes again when there is room', async () => {
    let confirm = (): void => {};
    const held = new Promise<void>((resolve) => (confirm = resolve));
    const { sink } = sinkOf(async (batch) => (await held, confirmAll(batch)));
    const sender = new Sender(sink, quiet, { maxEntries: 4, maxBytes: 30, batchEntries: 1 });
    expect([1, 2, 3, 4, 5].map((n) => sender.add(line(n)))).toEqual([true, true, true, true, false]);
    let hasRoom = false;
    const room = sender.room().then(() => (hasRoom = true));
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    confirm();
    await room;
    await sender.flush(5_000);
    expect(sender.add(line('x'.repeat(20)))).toBe(true);
    expect(sender.add(line('y'.repeat(20)))).toBe(false);
    expect(await sender.room()).toBe(true);
    expect(sender.add(line('y'.repeat(20)))).toBe(true);
    expect((await sender.close(5_000)).confirmed).toBe(6);
    expect(sender.add(line(9))).toBe(false);
    expect(await sender.room()).toBe(false);
  });

  it('refuses what no request can hold, and what the other side never takes, and says so', async () => {
    const said: string[] = [];
    const { sink, has } = sinkOf((batch) => {
      if (batch.includes('bad')) throw new SendError('400 no', { isFinal: true });
      return batch.includes('half') ? { confirmed: 1, refused: 1, reason: 'no level' } : confirmAll(batch);
    });
    const sender = new Sender(sink, (text) => said.push(text), { batchEntries: 2 });
    for (const text of ['bad', 'bad', 'half', 'other', 'z'.repeat(1_001), 'good']) sender.add(line(text));
    expect(await sender.close(5_000)).toEqual({
      taken: 6,
      confirmed: 2,
      refused: 4,
      dropped: 0,
      unsent: 0,
      held: 0,
    });
    expect(has).toContain('good');
    expect(said).toEqual([
      'there does not take 1 entry: it has 1001 bytes, more than 1000',
      '4 entries for there were refused',
    ]);
  });

  it('says an outage once, and its end, and loses nothing', async () => {
    const said: string[] = [];
    const { sink, has } = sinkOf((batch, n) => {
      if (n < 5) throw new SendError('nobody there', now());
      return confirmAll(batch);
    });
    const sender = new Sender(sink, (text) => said.push(text), { batchEntries: 1 });
    for (const n of [1, 2, 3]) sender.add(line(n));
    expect((await sender.close(5_000)).confirmed).toBe(3);
    expect(has.toSorted()).toEqual(['1', '2', '3']);
    expect(said).toEqual([
      'cannot send to there, and tries again: nobody there',
      'there takes entries again',
    ]);
  });

  it('ends in time whatever the other side does, and says what was lost', async () => {
    const said: string[] = [];
    const { sink } = sinkOf(() => new Promise(() => {}));
    const sender = new Sender(sink, (text) => said.push(text), { maxEntries: 2 });
    for (const n of [1, 2, 3]) if (!sender.add(line(n))) sender.drop();
    const [first, second] = await Promise.all([sender.close(20), sender.close(20)]);
    expect(first).toEqual({ taken: 2, confirmed: 0, refused: 0, dropped: 1, unsent: 2, held: 0 });
    expect(second).toEqual(first);
    sender.giveUp();
    expect(said).toEqual([
      'the queue to there is full, 1 entry dropped so far: they come faster than they can be sent',
      '2 entries for there were not sent',
      '1 entry for there was dropped: the queue was full',
    ]);
  });

  it('whoever waits for room is told when there never will be any', async () => {
    const { sink } = sinkOf(() => new Promise(() => {}));
    const sender = new Sender(sink, quiet, { maxEntries: 1 });
    sender.add(line(1));
    const room = sender.room();
    await sender.close(20);
    expect(await room).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['throws', () => expect.fail('nobody listens')],
    ['rejects', () => Promise.reject(new Error('nobody listens'))],
  ])('goes on when what is to be said %s, and says it on standard error', async (_how, say) => {
    const { sink } = sinkOf((batch, n) => {
      if (n < 2) throw new SendError('nobody there', now());
      return confirmAll(batch);
    });
    const sender = new Sender(sink, say, { batchEntries: 1, maxEntries: 3 });
    for (const n of [1, 2, 3]) sender.add(line(n));
    expect(() => sender.drop()).not.toThrow();
    expect(await sender.close(5_000)).toMatchObject({ confirmed: 3, held: 0 });
    expect(vi.mocked(writeSync).mock.calls.map(([, text]) => text)).toContain(
      'lms-log: cannot send to there, and tries again: nobody there\n',
    );
  });

  it('leaves no listener behind, however often it tries again', async () => {
    const added = vi.spyOn(AbortSignal.prototype, 'addEventListener');
    const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
    onTestFinished(() => {
      added.mockRestore();
      removed.mockRestore();
    });
    const { sink } = sinkOf((batch, n) => {
      if (n < 20) throw new SendError('busy', now());
      return confirmAll(batch);
    });
    const sender = new Sender(sink, quiet, { batchEntries: 1 });
    sender.add(line(1));
    await expect.poll(() => sender.counts.confirmed).toBe(1);
    expect(added.mock.calls.length - removed.mock.calls.length).toBe(0);
  });

  it('a flush ends the wait for the next try', async () => {
    const { sink, batches } = sinkOf((batch, n) => {
      if (n === 0) throw new SendError('busy', { retryAfterMs: 60_000 });
      return confirmAll(batch);
    });
    const sender = new Sender(sink, quiet, { batchEntries: 1 });
    sender.add(line(1));
    await expect.poll(() => sender.isFailing).toBe(true);
    expect(await sender.flush(10_000)).toMatchObject({ confirmed: 1 });
    expect(batches).toHaveLength(2);
  });

  it('a flush waits for what was there before it, not for what others overtake it with', async () => {
    let confirm = (): void => {};
    const held = new Promise<void>((resolve) => (confirm = resolve));
    const { sink, has } = sinkOf(async (batch) => {
      if (batch.includes('1')) await held;
      return confirmAll(batch);
    });
    const sender = new Sender(sink, quiet, { batchEntries: 1 });
    sender.add(line(1));
    const flushed = sender.flush(10_000).then(() => [...has]);
    for (const n of [2, 3, 4]) sender.add(line(n));
    await expect.poll(() => has.length).toBe(3);
    confirm();
    expect(await flushed).toContain('1');
  });

  it('everything is confirmed, refused, unsent or held, whatever fails, and what is confirmed is there', async () => {
    const fate = fc.constantFrom('ok', 'ok', 'again', 'never', 'throws', 'lost');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 60 }),
        fc.array(fc.nat(200), { maxLength: 100 }),
        async (fates, sizes) => {
          const arrived = new Set<string>();
          const { sink } = sinkOf((batch, n) => {
            const how = fates[n] ?? 'ok';
            if (how === 'throws') throw new Error('a bug');
            if (how === 'again') throw new SendError('busy', now());
            if (how === 'never') throw new SendError('no', { isFinal: true });
            for (const each of batch) arrived.add(each);
            if (how === 'lost') throw new SendError('cut', now());
            return confirmAll(batch);
          });
          const bounds = {
            maxEntries: 20,
            maxBytes: 1_000,
            batchEntries: 7,
            batchBytes: 300,
            batchWaitMs: 0,
          };
          const sender = new Sender(sink, quiet, bounds);
          for (const [n, size] of sizes.entries()) {
            while (!sender.add(line(`${n}-`.padEnd(size, 'x')))) await sender.room();
            const { taken, confirmed, refused, unsent, held } = sender.counts;
            expect(confirmed + refused + unsent + held).toBe(taken);
            expect(held).toBeLessThanOrEqual(20);
          }
          const counts = await sender.close(10_000);
          expect(counts).toMatchObject({ taken: sizes.length, held: 0, unsent: 0, dropped: 0 });
          expect(arrived.size).toBeGreaterThanOrEqual(counts.confirmed);
          if (counts.refused === 0) expect(arrived.size).toBe(sizes.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
