import { describe, expect, it } from 'vitest';
import type { Grant } from '../../src/access/grant.ts';
import { parsePosition } from '../../src/live/position.ts';
import { TailRefused } from '../../src/live/tail-limits.ts';
import { filter, LiveGround, numbered, ReadTail } from './live-ground.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_none, n) => numbered(from + n));

describe('what a tail shows', () => {
  it('says first that it is live, and then what comes, in that order, also what is late', async () => {
    const ground = new LiveGround();
    const tail = await ground.open();
    expect(await tail.take()).toMatchObject([{ kind: 'heartbeat', lagMs: 0, storedUpTo: null }]);
    ground.publish(numbered(5), numbered(3), numbered(-3_600_000));
    ground.publish(numbered(4));
    expect((await tail.take()).map(({ kind }) => kind)).toEqual(['entry', 'entry', 'entry', 'entry']);
    expect(tail.ids).toEqual(['e-5', 'e-3', 'e--3600000', 'e-4']);
    expect(tail.entries[0]?.json).toContain('"id":"20261125T120000005000-e-5"');
    expect(tail.entries[0]?.json).not.toContain('created_at');
  });

  it('what came between opening and reading it is not missing', async () => {
    const ground = new LiveGround();
    const tail = await ground.open();
    ground.publish(numbered(1));
    await tail.take();
    expect(tail.ids).toEqual(['e-1']);
  });

  it('what comes again is shown once', async () => {
    const ground = new LiveGround();
    const tail = await ground.open();
    ground.publish(numbered(1), numbered(2), numbered(1));
    await tail.take();
    ground.publish(numbered(2), numbered(3));
    await tail.take();
    expect(tail.ids).toEqual(['e-1', 'e-2', 'e-3']);
  });

  it('what a filter means, of those services alone that whoever reads sees, by the names that he knows', async () => {
    const ground = new LiveGround();
    const namespace: Grant = { name: 'n', scopes: ['read'], prefix: 'tests/', hidden: ['tests/'] };
    const pattern: Grant = {
      name: 'p',
      scopes: ['read'],
      services: ['shop*'],
      prefix: '',
      hidden: ['tests/'],
    };
    const all = await ground.open({ filter: filter('service:shop entry') });
    const own = await ground.open({ filter: filter('service:shop'), grant: namespace });
    const some = await ground.open({ grant: pattern });
    ground.publish(
      numbered(1),
      numbered(2, { serviceName: 'tests/shop' }),
      numbered(3, { serviceName: 'cart' }),
    );
    for (const tail of [all, own, some]) await tail.take();
    expect([all.ids, own.ids, some.ids]).toEqual([['e-1'], ['e-2'], ['e-1']]);
    expect(own.entries[0]?.json).toContain('"service_name":"shop"');
    expect(own.entries[0]?.entry.serviceName).toBe('shop');
  });

  it('a heartbeat comes every ten seconds, with how far behind it is and up to when is stored', async () => {
    const ground = new LiveGround();
    ground.storedUpTo = '2026-11-25 11:59:30.000000';
    const tail = await ground.open();
    await tail.take();
    ground.source.lag = 12_345;
    const beats = (await tail.take(20_000)).filter(({ kind }) => kind === 'heartbeat');
    expect(beats).toHaveLength(2);
    expect(beats[1]).toMatchObject({ lagMs: 12_345, storedUpTo: '2026-11-25T11:59:30.000000Z' });
  });
});

describe('one who reads slowly', () => {
  it('gets what he can take, hears exactly what was left out, and hurts nobody', async () => {
    const ground = new LiveGround({ queue: { maxEntries: 10, maxUnits: 1_000_000 } });
    const fast = await ground.open();
    const slow = await ground.open();
    await fast.take();
    await ReadTail.once(slow);
    for (let n = 0; n < 100; n += 10) {
      ground.publish(...range(n, n + 10));
      await fast.take();
    }
    expect(fast.ids).toHaveLength(100);
    const taken = await ReadTail.once(slow);
    expect(taken[0]).toMatchObject({
      kind: 'skipped',
      count: 90,
      from: '2026-11-25T12:00:00.000000Z',
      to: '2026-11-25T12:00:00.089000Z',
    });
    expect(slow.ids).toEqual(range(90, 100).map(({ eventId }) => eventId));
    expect(ground.tails.numbers).toMatchObject({ open: 2, skipped: 90, entries: 110 });
    // Behind the event that says so, nothing of it comes again.
    const again = await ground.open({ resume: parsePosition(taken[0]?.position ?? '') });
    await again.take();
    expect(again.ids).toEqual(slow.ids);
  });

  it('gets an entry that is larger than all that may wait', async () => {
    const ground = new LiveGround({ queue: { maxEntries: 10, maxUnits: 1_000 } });
    const tail = await ground.open();
    await ReadTail.once(tail);
    ground.publish(numbered(1), numbered(2, { payload: 'x'.repeat(5_000) }));
    expect((await tail.take()).map(({ kind }) => kind)).toEqual(['skipped', 'entry']);
  });
});

it('of a flood, so many a second are shown, spread over it, and the rest is counted', async () => {
  const ground = new LiveGround();
  const tail = await ground.open({ maxRate: 10 });
  for (let n = 0; n < 5_000; n += 10) {
    ground.publish(...range(n, n + 10));
    await tail.take(10);
  }
  await tail.take(10_000);
  const sampled = tail.seen.filter((event) => event.kind === 'sampled');
  const left = sampled.reduce((sum, { count }) => sum + count, 0);
  expect(tail.entries.length + left).toBe(5_000);
  expect(tail.entries.length).toBeLessThanOrEqual(60);
  expect(tail.entries.length).toBeGreaterThanOrEqual(40);
  const inThird = tail.entries
    .map(({ entry }) => Number(entry.eventId.slice(2)))
    .filter((n) => n >= 3_000 && n < 4_000);
  expect(Math.max(...inThird) - Math.min(...inThird)).toBeGreaterThan(700);
  expect(tail.seen.some(({ kind }) => kind === 'skipped')).toBe(false);
});

describe('the source', () => {
  it('works while there are tails and for a minute afterwards, and starts again with the next', async () => {
    const ground = new LiveGround();
    await ground.tails.warm();
    await ground.clock.advance(59_000);
    expect(ground.source.stops).toBe(0);
    const tail = await ground.open();
    await tail.take(300_000);
    expect([ground.source.starts, ground.source.stops]).toEqual([1, 0]);
    tail.cut();
    await ground.clock.advance(61_000);
    expect([ground.source.starts, ground.source.stops]).toEqual([1, 1]);
    expect(ground.clock.timers).toBe(0);
    // What came meanwhile is missing, and said.
    const again = await ground.open({ resume: parsePosition(tail.seen.at(-1)?.position ?? '') });
    expect((await again.take())[0]).toMatchObject({ kind: 'gap' });
    expect(ground.source.starts).toBe(2);
  });

  it('is given up, too, where the only one who asked left while it began', async () => {
    const ground = new LiveGround();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    ground.source.before = promise;
    const ending = new AbortController();
    const opening = ground.open({}, ending);
    ending.abort(new Error('gone'));
    resolve(undefined);
    await expect(opening).rejects.toThrow('gone');
    await ground.clock.advance(61_000);
    expect([ground.source.starts, ground.source.stops]).toEqual([1, 1]);
    expect(ground.clock.timers).toBe(0);
  });

  it('that fails ends the tails, and the next begins anew', async () => {
    const ground = new LiveGround();
    const tail = await ground.open();
    await tail.take();
    ground.source.receiver?.failed(new Error('no right'));
    await tail.take();
    expect(tail.isOver).toBe(true);
    ground.source.failure = new Error('still none');
    await expect(ground.open()).rejects.toThrow('still none');
    expect(ground.source.stops).toBe(ground.source.starts);
    ground.source.failure = undefined;
    expect(await (await ground.open()).take()).toMatchObject([{ kind: 'heartbeat' }]);
  });
});

it('there are no more tails than may be, of all and of one key, and none when it ends', async () => {
  const ground = new LiveGround({ limits: { atOnce: 3, atOncePerKey: 2 } });
  const first = await ground.open({ key: 'a' });
  await ground.open({ key: 'a' });
  await expect(ground.open({ key: 'a' })).rejects.toEqual(new TailRefused('many-of-key'));
  await ground.open({ key: 'b' });
  await expect(ground.open()).rejects.toEqual(new TailRefused('many'));
  first.cut();
  const last = await ground.open({ key: 'a' });
  await last.take();
  const closing = ground.tails.close();
  await last.take();
  await closing;
  expect(last.isOver).toBe(true);
  expect(ground.source.stops).toBe(1);
  await expect(ground.open()).rejects.toEqual(new TailRefused('stopping'));
});
