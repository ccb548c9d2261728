import { describe, expect, it } from 'vitest';
import { follow } from '../../src/live/follow.ts';
import { entry, followed, GAP, heartbeat, Scripted } from './scripted-tail.ts';

describe('the tail', () => {
  it('goes on behind the last entry, which is not shown again', async () => {
    const server = new Scripted();
    const { shown } = await followed(server);
    await server.send(heartbeat(), entry('a', 'position of a'));
    await server.end();
    await server.clock.advance(1_000);
    await server.send(entry('a'), entry('b'), heartbeat());
    expect(server.opened).toEqual([undefined, 'position of a']);
    expect(shown()).toEqual(['a', 'reconnecting', 'reconnected', 'b']);
  });

  it('is opened again ever later while it is refused, and soon again once it held', async () => {
    const server = new Scripted();
    const { items } = await followed(server);
    await server.send(heartbeat());
    server.refusal = new Error('down');
    await server.end();
    await server.clock.advance(60_000);
    const waits = () => items.flatMap((item) => (item.kind === 'reconnecting' ? [item.inMs] : []));
    expect(waits().slice(0, 6)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000]);
    server.refusal = undefined;
    await server.clock.advance(15_000);
    await server.send(heartbeat());
    await server.clock.advance(5_000);
    await server.end();
    expect(waits().at(-1)).toBe(500);
  });

  it('that ends at once each time is not asked for in a hurry', async () => {
    const server = new Scripted();
    await followed(server);
    for (let second = 0; second < 60; second += 1) {
      await server.send(heartbeat());
      await server.end();
      await server.clock.advance(1_000);
    }
    expect(server.opened.length).toBeLessThan(10);
  });

  it('waits as long as the server asks, but not for ever', async () => {
    const server = new Scripted();
    await followed(server);
    server.refusal = new Error('busy');
    server.retryAfterMs = 20_000;
    await server.end();
    await server.clock.advance(500);
    await server.clock.advance(19_999);
    expect(server.opened).toHaveLength(2);
    server.retryAfterMs = 86_400_000;
    await server.clock.advance(1);
    await server.clock.advance(60_000);
    expect(server.opened).toHaveLength(4);
  });

  it('fails at once if it was never open, and later if trying again is of no use', async () => {
    const closed = new Scripted();
    closed.refusal = new Error('nobody there');
    expect((await followed(closed)).failure()).toBe(closed.refusal);
    const server = new Scripted();
    const { failure } = await followed(server);
    server.refusal = new Error('token revoked');
    server.isFinal = true;
    await server.end();
    await server.clock.advance(1_000);
    expect(failure()).toBe(server.refusal);
    expect(server.clock.timers).toBe(0);
  });

  it('over a dead connection, which never ends, is opened anew', async () => {
    const server = new Scripted();
    const { items } = await followed(server);
    await server.send(heartbeat());
    for (let count = 0; count < 5; count += 1) {
      await server.clock.advance(30_000);
      // Something comes, though it says nothing.
      await server.send();
    }
    expect(server.opened).toHaveLength(1);
    const { signal } = server;
    // Whatever is made of failures: that nothing comes passes.
    server.isFinal = true;
    await server.clock.advance(37_000);
    expect(server.opened).toHaveLength(2);
    expect(signal?.aborted).toBe(true);
    expect(String((items[0] as { readonly cause?: unknown }).cause)).toContain('nothing has come for 35 s');
  });

  it('is read no faster than what comes of it is taken', async () => {
    const server = new Scripted();
    const reading = follow(server, new AbortController().signal);
    const first = reading.next();
    await server.clock.advance(0);
    await server.send(heartbeat(), entry('a'));
    await first;
    for (let count = 0; count < 100; count += 1) await server.send(entry(`b${count}`));
    // What was taken is not dealt with yet.
    expect(server.taken).toBe(1);
    const end = reading.return(undefined as never);
    await server.clock.advance(0);
    await end;
    expect(server.signal?.aborted).toBe(true);
    expect(server.clock.timers).toBe(0);
  });

  it('ends with the signal, whatever hangs', async () => {
    const server = new Scripted();
    server.fill = async function* () {
      yield await new Promise<never>(() => undefined);
    };
    const { failure, stop } = await followed(server);
    await server.send(heartbeat(), GAP);
    await stop();
    expect(String(failure())).toContain('enough');
    expect(server.clock.timers).toBe(0);
  });

  it('says how far behind it is, and that it is no longer', async () => {
    const server = new Scripted();
    const { items } = await followed(server);
    await server.send(heartbeat(0));
    await server.clock.advance(10_000);
    await server.send(heartbeat(10_000, 1_900));
    await server.clock.advance(10_000);
    await server.send(heartbeat(20_000, 4_000));
    // A heartbeat that was long on its way.
    await server.clock.advance(20_000);
    await server.send(heartbeat(30_000, 2_000));
    await server.clock.advance(5_000);
    await server.send(heartbeat(45_000, 0));
    await server.send(heartbeat(45_000, 0));
    expect(items).toEqual([
      { kind: 'behind', lagMs: 4_000 },
      { kind: 'behind', lagMs: 12_000 },
      { kind: 'behind', lagMs: 0 },
    ]);
  });
});
