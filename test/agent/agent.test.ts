import { describe, expect, it } from 'vitest';
import { Agent, type AgentOptions } from '../../src/agent/agent.ts';
import type { Input } from '../../src/agent/ports.ts';
import { Pacer } from '../../src/agent/sending/pacer.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { batch, batches, entry, FakeInput, FakeSink } from './fake-ends.ts';

const LIMITS = {
  requestsInFlight: 4,
  request: { entries: 1_000, bytes: 4_000_000 },
  room: { entries: 8_000, bytes: 32_000_000 },
};
const ON = new AbortController().signal;

function agentOf(inputs: readonly Input[], sink: FakeSink, options: Partial<AgentOptions> = {}) {
  const refused: string[] = [];
  const clock = options.clock ?? new FakeClock();
  const agent = new Agent(inputs, sink, {
    clock,
    stopTimeoutMs: () => 5_000,
    limits: LIMITS,
    onRefused: ({ name }, reason) => refused.push(`${name}: ${reason}`),
    ...options,
  });
  return { agent, refused };
}

describe('an agent', () => {
  it('sends everything of all inputs once, and tells them what is confirmed, in order', async () => {
    const inputs = [1, 2, 3].map((n) => new FakeInput(`i${String(n)}`, batches(20, 100, n * 1_000_000)));
    const sink = new FakeSink();
    const { agent } = agentOf(inputs, sink);
    await agent.run(ON);
    expect(sink.taken).toHaveLength(6_000);
    expect(new Set(sink.taken.map(({ eventId }) => eventId)).size).toBe(6_000);
    for (const [index, input] of inputs.entries())
      expect(input.confirmed.map(({ place }) => place)).toEqual(
        batches(20, 100, (index + 1) * 1_000_000).map(({ place }) => place),
      );
    expect(agent.report).toMatchObject({ unconfirmed: 0, inFlight: { entries: 0, bytes: 0 } });
    expect(agent.report.ledger).toMatchObject({ lines: 6_000, entries: 6_000, sent: 6_000, refused: 0 });
  });

  it('counts lines and entries so that both add up', async () => {
    const input = new FakeInput('i', [
      batch([entry(1), entry(2)], { lines: 7, read: 1, unparsed: 1, joined: 3, refused: 2, bytes: 70 }),
      batch([], { lines: 3, read: 0, refused: 3, bytes: 3 }),
    ]);
    const { agent } = agentOf([input], new FakeSink());
    await agent.run(ON);
    const { lines, read, unparsed, joined, leftOut, ...rest } = agent.report.ledger;
    expect(lines).toBe(10);
    expect(read + unparsed + joined + leftOut).toBe(lines);
    expect(rest).toEqual({ bytes: 73, entries: 2, sent: 2, refused: 0 });
  });

  it('confirms nothing before it is sent, nor out of order', async () => {
    const input = new FakeInput('i', batches(3, 1_000));
    const sink = new FakeSink({ isAutomatic: false });
    const { agent } = agentOf([input], sink);
    const running = agent.run(ON);
    await expect.poll(() => sink.open.length).toBe(3);
    const [first, second, third] = [...sink.open];
    third!.confirm();
    second!.confirm();
    await settled();
    expect(input.confirmed).toEqual([]);
    expect(agent.report.unconfirmed).toBe(3_000);
    first!.confirm();
    await running;
    expect(input.confirmed).toHaveLength(3);
  });

  it('holds a bounded number of entries while nobody takes them', async () => {
    const inputs = [1, 2].map((n) => new FakeInput(`i${String(n)}`, batches(1_000, 100, n * 1_000_000)));
    const sink = new FakeSink({ isAutomatic: false });
    const stop = new AbortController();
    const clock = new FakeClock();
    const { agent } = agentOf(inputs, sink, { clock });
    const running = agent.run(stop.signal);
    await expect.poll(() => agent.report.inFlight.entries).toBe(8_000);
    for (let turn = 0; turn < 100; turn += 1) await settled();
    expect(agent.report.inFlight.entries).toBe(8_000);
    // Each waits with one more batch; the room was shared between them.
    expect(inputs.map(({ handedOver }) => handedOver).toSorted()).toEqual([41, 41]);
    expect(sink.maxOpen).toBe(4);
    stop.abort();
    await clock.advance(5_001);
    await running;
  });

  it('bounds blank lines, too: batches without entries', async () => {
    const small = { ...LIMITS, room: { entries: 100, bytes: 40_000 } };
    const blank = batch([], { lines: 1, read: 0, refused: 1 });
    const input = new FakeInput('i', [batch([entry(1)]), ...Array.from({ length: 1_000 }, () => blank)]);
    const sink = new FakeSink({ isAutomatic: false });
    const { agent } = agentOf([input], sink, { limits: small });
    const running = agent.run(ON);
    for (let turn = 0; turn < 300; turn += 1) await settled();
    expect(input.handedOver).toBeLessThan(300);
    await expect
      .poll(() => {
        for (const request of [...sink.open]) request.confirm();
        return agent.report.ledger.lines;
      })
      .toBe(1_001);
    await running;
  });

  it('lets an input with little to say have its turn beside one with much', async () => {
    const loud = new FakeInput('loud', batches(500, 1_000));
    const quiet = new FakeInput('quiet', [batch([entry(9_000_001)])]);
    const sink = new FakeSink();
    const { agent } = agentOf([loud, quiet], sink);
    await agent.run(ON);
    expect(sink.taken.findIndex(({ eventId }) => eventId === 'id-09000001')).toBeLessThan(20_000);
  });

  it('sends what many inputs have together while requests are under way', async () => {
    const inputs = Array.from({ length: 300 }, (_, n) => new FakeInput(String(n), [batch([entry(n)])]));
    const sink = new FakeSink({ isAutomatic: false });
    const { agent } = agentOf(inputs, sink);
    const running = agent.run(ON);
    await expect.poll(() => agent.report.inFlight.entries).toBe(300);
    for (const request of [...sink.open]) request.confirm();
    await expect.poll(() => sink.open.length).toBe(1);
    expect(sink.open[0]?.entries).toHaveLength(296);
    sink.open[0]?.confirm();
    await running;
    expect(sink.sizes).toEqual([1, 1, 1, 1, 296]);
  });

  it('tells each input what was refused of its own', async () => {
    const inputs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, n) => new FakeInput(name, [batch([entry(n)])]));
    const sink = new FakeSink({ isAutomatic: false });
    const { agent, refused } = agentOf(inputs, sink);
    const running = agent.run(ON);
    await expect.poll(() => agent.report.inFlight.entries).toBe(6);
    for (const request of [...sink.open]) request.confirm();
    await expect.poll(() => sink.open.length).toBe(1);
    sink.open[0]?.confirm({ refused: 1, reasons: [{ place: 1, reason: 'too large' }] });
    await running;
    expect(refused).toEqual(['f: too large']);
    expect(agent.report.inputs.map(({ ledger }) => [ledger.sent, ledger.refused])).toEqual([
      ...Array.from({ length: 5 }, () => [1, 0]),
      [0, 1],
    ]);
  });

  it('stops inputs that would go on, and waits for what is under way', async () => {
    const input = new FakeInput('i', batches(1, 10), { isFollowed: true });
    const sink = new FakeSink({ isAutomatic: false });
    const stop = new AbortController();
    const { agent } = agentOf([input], sink);
    const running = agent.run(stop.signal);
    await expect.poll(() => sink.open.length).toBe(1);
    stop.abort();
    await settled();
    sink.open[0]?.confirm();
    await running;
    expect(input.confirmed).toHaveLength(1);
    expect(agent.report.unconfirmed).toBe(0);
  });

  it('waits for that no longer than it may, and says what is unconfirmed', async () => {
    const clock = new FakeClock();
    const input = new FakeInput('i', batches(2, 10), { isFollowed: true });
    const sink = new FakeSink({ isAutomatic: false });
    const stop = new AbortController();
    const { agent } = agentOf([input], sink, { clock });
    const running = agent.run(stop.signal);
    await expect.poll(() => sink.open.length).toBe(2);
    stop.abort();
    await clock.advance(4_999);
    sink.open[0]?.confirm();
    await clock.advance(2);
    await running;
    expect(input.confirmed).toHaveLength(1);
    expect(agent.report).toMatchObject({ unconfirmed: 10, ledger: { sent: 10 } });
  });

  it('ends all inputs with the failure of a sink that takes nothing, and confirms nothing after it', async () => {
    const inputs = [
      new FakeInput('a', batches(2, 1_000), { isFollowed: true }),
      new FakeInput('b', [], { isFollowed: true }),
    ];
    const sink = new FakeSink({ isAutomatic: false });
    const { agent } = agentOf(inputs, sink);
    const running = agent.run(ON);
    await expect.poll(() => sink.open.length).toBe(2);
    const [first, second] = [...sink.open];
    first!.fail(new Error('no right to publish'));
    second!.confirm();
    await expect(running).rejects.toThrow('no right to publish');
    expect(inputs.map(({ confirmed }) => confirmed)).toEqual([[], []]);
  });

  it('ends with the failure of an input that cannot write down what is confirmed, or cannot read', async () => {
    const input = new FakeInput('a', batches(2, 10), { isFollowed: true });
    input.failure = new Error('no room for the state');
    await expect(agentOf([input], new FakeSink()).agent.run(ON)).rejects.toThrow('no room for the state');
    const broken = new FakeInput('b', {
      [Symbol.iterator]: () => {
        throw new Error('a bug');
      },
    });
    const other = new FakeInput('c', [], { isFollowed: true });
    await expect(agentOf([broken, other], new FakeSink()).agent.run(ON)).rejects.toThrow('a bug');
  });

  it('lets entries go as far apart as they are in the log, faster by the speed', async () => {
    const clock = new FakeClock();
    const at = (second: number) => `2026-11-05 13:45:${String(second).padStart(2, '0')}.000000`;
    const input = new FakeInput('i', [
      batch([entry(0, at(0)), entry(1, at(10)), entry(2, at(5)), entry(3, at(20))]),
    ]);
    const sink = new FakeSink();
    const { agent } = agentOf([input], sink, { clock, pacer: new Pacer(10, clock) });
    const running = agent.run(ON);
    const sent = async (afterMs: number) => {
      await clock.advance(afterMs);
      for (let turn = 0; turn < 5; turn += 1) await settled();
      return sink.taken.map(({ eventId }) => Number(eventId.slice(3)));
    };
    expect(await sent(0)).toEqual([0]);
    expect(await sent(999)).toEqual([0]);
    // One that is late goes with those before it.
    expect(await sent(1)).toEqual([0, 1, 2]);
    expect(await sent(999)).toEqual([0, 1, 2]);
    expect(input.confirmed).toHaveLength(0);
    expect(await sent(1)).toEqual([0, 1, 2, 3]);
    await running;
    expect(input.confirmed).toHaveLength(1);
  });

  it('stops in the midst of a pace, and leaves the rest to the next run', async () => {
    const clock = new FakeClock();
    const input = new FakeInput('i', [
      batch([entry(0)]),
      batch([entry(1), entry(2, '2026-11-06 13:45:00.000000')]),
    ]);
    const stop = new AbortController();
    const { agent } = agentOf([input], new FakeSink(), { clock, pacer: new Pacer(1, clock) });
    const running = agent.run(stop.signal);
    await expect.poll(() => input.confirmed.length).toBe(1);
    await expect.poll(() => input.handedOver).toBe(2);
    stop.abort();
    await running;
    expect(input.confirmed).toHaveLength(1);
    expect(agent.report.inFlight).toEqual({ entries: 0, bytes: 0 });
  });
});
