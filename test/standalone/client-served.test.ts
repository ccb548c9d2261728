import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { LmsClient, type TailEntry, type TailNote } from '../../packages/client/src/index.ts';
import { openServed, TOKEN } from '../support/served.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
/** Longer than the test: what is seen meanwhile is not stored. */
const NEVER_SECONDS = 300;

function order(n: number) {
  const timestamp = new Date().toISOString();
  return { service_name: 'shop', severity: 'info', payload: `order ${String(n)}`, timestamp, order: n };
}

it('what is sent is found by a wait before it is stored, and then in the table', async () => {
  await using served = await openServed(inject('emulatorHost'), { flushSeconds: NEVER_SECONDS });
  const client = new LmsClient(served.url, { token: TOKEN });
  const found = client.waitFor('service:shop order:7');
  expect(await client.send(order(7))).toMatchObject({ accepted: 1, isStored: false });
  expect(await found).toMatchObject({ payload: 'order 7', tags: { order: 7 } });
  expect((await found).created_at).toBeUndefined();
  expect(await client.count()).toMatchObject({ count: 0 });
  expect(await client.waitFor('order:7')).toEqual(await found);
  await served.worker.stop();
  expect(await client.waitFor('order:7')).toMatchObject({ id: (await found).id });
  expect(await client.entry((await found).id)).toMatchObject({ payload: 'order 7' });
  const q = 'service:shop';
  const { confirm } = await client.delete({ q });
  expect(await client.delete({ q, confirm: confirm! })).toEqual({ deleted: 1 });
  await expect(new LmsClient(served.url, { token: 'wrong' }).count()).rejects.toMatchObject({
    code: 'TOKEN',
    status: 401,
  });
});

it('a tail has each entry once in the end, though its server was killed and much came meanwhile', async () => {
  await using served = await openServed(inject('emulatorHost'));
  const client = new LmsClient(served.url, { token: TOKEN });
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const entries: TailEntry[] = [];
  const notes: TailNote[] = [];
  const read = async () => {
    const options = { signal: ending.signal, onNote: (note: TailNote) => notes.push(note) };
    for await (const entry of client.tail({ q: 'service:shop', since: '1h' }, options)) entries.push(entry);
  };
  // Looked at below; the test may fail before that.
  const over = read().catch((error: unknown) => error);
  const has = (count: number) =>
    vi.waitFor(() => expect(entries.length).toBeGreaterThanOrEqual(count), PATIENCE);
  await client.send([1, 2, 3].map(order));
  await has(3);
  await served.kill();
  await served.publish([4, 5, 6].map(order));
  await vi.waitFor(() => expect(notes.map(({ kind }) => kind)).toContain('reconnecting'), PATIENCE);
  await served.restart();
  await vi.waitFor(() => expect(notes.map(({ kind }) => kind)).toContain('reconnected'), PATIENCE);
  await client.send([7, 8, 9].map(order));
  await has(9);
  expect(entries.map(({ tags }) => tags?.['order']).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(notes.map(({ kind }) => kind)).toContain('gap');
  const reason = new Error('enough');
  ending.abort(reason);
  expect(await over).toBe(reason);
});
