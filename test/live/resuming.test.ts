import { describe, expect, it } from 'vitest';
import { parsePosition } from '../../src/live/position.ts';
import { filter, LiveGround, numbered, ReadTail, START_MS } from './live-ground.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_none, n) => numbered(from + n));

describe('resuming', () => {
  it('goes on exactly behind any event, whatever was cut', async () => {
    const ground = new LiveGround();
    const keeper = await ground.open();
    const tail = await ground.open({ filter: filter('entry') });
    for (const entry of range(0, 50)) {
      ground.publish(entry);
      await tail.take(7);
    }
    await tail.take(10_000);
    const all = tail.ids;
    expect(all).toHaveLength(50);
    for (const [n, event] of tail.seen.entries()) {
      const before = tail.seen.slice(0, n + 1).filter(({ kind }) => kind === 'entry').length;
      const again = await ground.open({ filter: filter('entry'), resume: parsePosition(event.position) });
      await again.take();
      expect(again.ids, event.position).toEqual(all.slice(before));
      expect(again.seen.filter(({ kind }) => kind === 'gap')).toEqual([]);
      again.cut();
    }
    expect((await keeper.take()).length).toBeGreaterThan(0);
  });

  it('says what may be missing where the server is another, and shows what it has', async () => {
    const ground = new LiveGround();
    const keeper = await ground.open();
    await keeper.take(100_000);
    ground.publish(numbered(100_001), numbered(100_002));
    const resume = { entryId: undefined, epoch: 'other', sequence: 7, serverMs: START_MS + 30_000 };
    const tail = await ground.open({ resume });
    const [gap, ...rest] = await tail.take();
    // From a minute before that server got it, to a minute behind the start of this one.
    expect(gap).toMatchObject({
      kind: 'gap',
      from: '2026-11-25T11:59:30.000000Z',
      to: '2026-11-25T12:01:30.000000Z',
    });
    expect(rest.map(({ kind }) => kind)).toEqual(['entry', 'entry', 'heartbeat']);
    // A server that has been here for a minute longer than that has all of it.
    const complete = await ground.open({ resume: { ...resume, serverMs: START_MS + 60_000 } });
    expect((await complete.take()).map(({ kind }) => kind)).toEqual(['entry', 'entry', 'heartbeat']);
  });

  it('says what may be missing where the ring has dropped it', async () => {
    const ground = new LiveGround({ ring: { maxAgeMs: 5_000, maxBytes: 10_000_000 } });
    const keeper = await ground.open();
    ground.publish(numbered(1));
    await keeper.take();
    const [first] = keeper.entries;
    for (const n of [2, 3, 4]) {
      await keeper.take(4_000);
      ground.publish(numbered(n * 1_000));
    }
    const tail = await ground.open({ resume: parsePosition(first?.position ?? '') });
    expect((await tail.take()).map(({ kind }) => kind)).toEqual(['gap', 'entry', 'entry', 'heartbeat']);
  });

  it('says what may be missing where the ring drops what was still to be read', async () => {
    const ground = new LiveGround();
    const keeper = await ground.open();
    ground.publish(numbered(0));
    await keeper.take();
    await keeper.take(9_950);
    ground.publish(...range(1, 2_500));
    await keeper.take(100_000);
    ground.publish(numbered(110_000));
    const tail = await ground.open({ resume: parsePosition(keeper.entries[0]?.position ?? '') });
    await ReadTail.once(tail);
    expect(tail.ids).not.toContain('e-2499');
    await ground.clock.advance(320_000);
    ground.publish(numbered(430_050));
    // From a minute before the last that was read came, to a minute behind when the last came that was dropped.
    expect((await tail.take()).filter(({ kind }) => kind !== 'heartbeat')).toMatchObject([
      { kind: 'gap', from: '2026-11-25T11:59:10.000000Z', to: '2026-11-25T12:02:50.000000Z' },
      { kind: 'entry', entry: { eventId: 'e-430050' } },
    ]);
  });

  it('behind an event that says so, another server knows what was still to be shown', async () => {
    const one = new LiveGround({}, 'one');
    const keeper = await one.open();
    await keeper.take(100_000);
    one.publish(numbered(100_000));
    await keeper.take(100_000);
    const other = { entryId: undefined, epoch: 'other', sequence: 7, serverMs: START_MS + 30_000 };
    const tail = await one.open({ resume: other });
    const [gap] = await tail.take();
    expect(gap).toMatchObject({ kind: 'gap' });
    const later = new LiveGround({}, 'later');
    await later.clock.advance(120_000);
    const resume = parsePosition(gap?.position ?? '');
    expect(await (await later.open({ resume })).take()).toMatchObject([
      { kind: 'gap', from: '2026-11-25T12:00:40.000000Z', to: '2026-11-25T12:03:00.000000Z' },
      { kind: 'heartbeat' },
    ]);
  });

  it('tells a gap to those who are here, and to those who come back later', async () => {
    const ground = new LiveGround();
    const tail = await ground.open();
    ground.publish(numbered(1));
    await tail.take();
    const lost = { from: '2026-11-25T11:00:00.000000Z', to: '2026-11-25T11:30:00.000000Z' };
    ground.source.receiver?.gap(lost);
    ground.publish(numbered(2));
    expect((await tail.take()).map(({ kind }) => kind)).toEqual(['gap', 'entry']);
    const again = await ground.open({ resume: parsePosition(tail.entries[0]?.position ?? '') });
    expect(await again.take()).toMatchObject([
      { kind: 'gap', ...lost },
      { kind: 'entry' },
      { kind: 'heartbeat' },
    ]);
  });
});
