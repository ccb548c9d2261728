import { describe, expect, it } from 'vitest';
import { timeOf } from './model-server.ts';
import { entry, followed, GAP, heartbeat, RANGE, Scripted, START_MS } from './scripted-tail.ts';

describe('a gap', () => {
  it('is looked up at once, again when all is stored that was published before, and once more later', async () => {
    const server = new Scripted();
    server.stored = ['a', 'b'];
    const { shown, items } = await followed(server);
    await server.send(heartbeat(), entry('b'), GAP);
    await server.clock.advance(0);
    expect(shown()).toEqual(['b', 'gap', 'a+']);
    server.stored = ['a', 'b', 'c'];
    // Its own times are stored for long: what was published late for its time is not.
    server.storedAtMs = START_MS + 1_000;
    await server.pass(60_000);
    expect(server.fills).toHaveLength(1);
    server.storedAtMs = START_MS + 20_000;
    await server.pass(15_000);
    expect(server.fills).toEqual([RANGE, RANGE]);
    expect(items.at(-1)).toEqual({ kind: 'filled', ...RANGE, count: 2 });
    // A worker had died with it.
    server.stored.push('d');
    await server.pass(95_000);
    expect(shown()).toEqual(['b', 'gap', 'a+', 'c+', 'filled', 'd+']);
    await server.pass(600_000);
    expect(server.fills).toHaveLength(3);
  });

  it('is filled as soon as a heartbeat says so', async () => {
    const server = new Scripted();
    const { shown } = await followed(server);
    await server.send(heartbeat(), GAP);
    await server.clock.advance(3_000);
    await server.send(heartbeat(3_000, 0, START_MS + 3_000));
    await server.clock.advance(1_000);
    expect(shown()).toEqual(['gap', 'filled']);
  });

  it('of the time before the tail waits for what the tail has of it itself', async () => {
    const server = new Scripted();
    server.stored = ['a', 'b'];
    const { shown } = await followed(server);
    await server.send(GAP);
    await server.clock.advance(1_000);
    expect(server.fills).toHaveLength(0);
    await server.send(entry('b'), heartbeat());
    expect(shown()).toEqual(['gap', 'b', 'a+']);
  });

  it('is asked for every 2 s at first, and every 15 s at last', async () => {
    const server = new Scripted();
    await followed(server);
    await server.send(heartbeat(), GAP);
    await server.clock.advance(120_000);
    const pauses = server.asked.slice(1).map((atMs, index) => atMs - (server.asked[index] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(3_000);
    expect(pauses.at(-1)).toBe(15_000);
    expect(pauses.every((pause, index) => pause >= (pauses[index - 1] ?? 0))).toBe(true);
  });

  it('is looked up together with others that come soon after it', async () => {
    const server = new Scripted();
    const { items } = await followed(server);
    await server.send(heartbeat());
    for (let second = 0; second < 100; second += 1) {
      const from = timeOf(START_MS + second * 1_000);
      const to = timeOf(START_MS + second * 1_000 + 1_000);
      await server.send({ kind: 'skipped', count: 3, from, to, position: 'skip' });
      await server.clock.advance(20);
    }
    expect(server.fills.length).toBeLessThanOrEqual(4);
    server.storedAtMs = START_MS + 100_000;
    await server.clock.advance(30_000);
    const filled = items.filter(({ kind }) => kind === 'filled');
    expect(filled).toEqual([
      { kind: 'filled', from: timeOf(START_MS), to: timeOf(START_MS + 100_000), count: 0 },
    ]);
  });

  it('is filled though there are new ones all the time', async () => {
    const server = new Scripted();
    const { shown } = await followed(server);
    await server.send(heartbeat());
    for (let second = 0; second < 60; second += 1) {
      await server.send({ kind: 'skipped', count: 1, ...RANGE, position: 'skip' });
      server.storedAtMs = START_MS + server.clock.now() - 5_000;
      await server.clock.advance(1_000);
    }
    expect(shown()).toContain('filled');
  });

  it.each([
    ['nothing more is stored', (server: Scripted) => void (server.storedAtMs = START_MS - 1)],
    ['nobody says what is stored', (server: Scripted) => void (server.storedAtMs = undefined)],
    [
      'it cannot be looked up',
      (server: Scripted) => void ([server.fillFails, server.storedAtMs] = [true, START_MS + 1e9]),
    ],
  ])('stays incomplete, and that is said after 10 minutes, where %s', async (_why, prepare) => {
    const server = new Scripted();
    prepare(server);
    const { shown, items } = await followed(server);
    await server.send(heartbeat(), GAP);
    for (let minute = 0; minute < 11; minute += 1) {
      expect(shown()).toEqual(['gap']);
      for (let beat = 0; beat < 6; beat += 1) {
        await server.send(heartbeat(server.clock.now()));
        await server.clock.advance(minute === 10 && beat > 2 ? 0 : 10_000);
      }
      if (minute === 9) server.stored = ['z'];
    }
    expect(shown()).toEqual(server.fillFails ? ['gap', 'incomplete'] : ['gap', 'z+', 'incomplete']);
    expect(items.at(-1)).toMatchObject({ ...RANGE });
    expect(server.fills.length).toBeLessThan(60);
  });

  it('does not hold up the tail while the database is slow', async () => {
    const server = new Scripted();
    server.fill = async function* () {
      yield await new Promise<never>(() => undefined);
    };
    const { shown } = await followed(server);
    await server.send(heartbeat(), GAP);
    await server.send(entry('a'));
    expect(shown()).toEqual(['gap', 'a']);
  });

  it('of what was sampled is none', async () => {
    const server = new Scripted();
    const { shown } = await followed(server);
    await server.send(heartbeat(), { kind: 'sampled', count: 7, ...RANGE, position: 'x' });
    await server.clock.advance(10_000);
    expect(shown()).toEqual(['sampled']);
    expect(server.fills).toEqual([]);
  });
});
