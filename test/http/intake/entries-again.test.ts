import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { ELASTIC_ROUTES } from '../../../src/http/intake/elasticsearch.ts';
import { postEntries } from '../../../src/http/resources/post-entries.ts';
import { IntakeWorld, jsonOf, NOW_MS } from '../../support/intake.ts';

const TIME = '2026-11-25T14:00:05.123456Z';
const NDJSON = { 'content-type': 'application/x-ndjson' };

const bulk = ELASTIC_ROUTES.find(({ path }) => path === '/_bulk')!;

function record(payload: string, more: object = {}): object {
  return { service_name: 'cart', payload, severity: 'info', timestamp: TIME, ...more };
}

function lines(records: readonly unknown[]): string {
  return records.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
}

describe('requests to /api/v1/entries that are sent again', () => {
  it('without a time it happened now, and counts once only with a key', async () => {
    const body = JSON.stringify([{ service: 'x', level: 'info', msg: 'a' }]);
    const world = new IntakeWorld();
    await world.send(postEntries, { body });
    await world.send(postEntries, { body, nowMs: NOW_MS + 1 });
    expect(world.rows.map(({ timestamp }) => timestamp)).toEqual([
      '2026-11-25 14:00:05.250000',
      '2026-11-25 14:00:05.251000',
    ]);
    const keyed = new IntakeWorld();
    const headers = { 'idempotency-key': 'k1' };
    const first = await keyed.send(postEntries, { body, headers });
    const again = await keyed.send(postEntries, { body, headers, nowMs: NOW_MS + 1 });
    expect(again.body).toEqual(first.body);
    expect(keyed.published).toHaveLength(1);
    expect(keyed.rows[0]?.timestamp).toBe('2026-11-25 14:00:05.000000');
  });

  it('a key that was not answered is worked on again, and counts once', async () => {
    const world = new IntakeWorld();
    const sent = {
      body: lines([record('a'), { msg: 'b', level: 'info', service: 'x' }]),
      headers: { ...NDJSON, 'idempotency-key': 'k1' },
    };
    await world.send(postEntries, sent);
    for (const [key, known] of world.records.requests)
      world.records.requests.set(key, { ...known, answer: undefined });
    await world.send(postEntries, { ...sent, nowMs: NOW_MS + 5_000 });
    expect([world.published.length, world.rows.length]).toEqual([4, 2]);
  });

  it('the answer for a thousand entries and a hundred refusals is kept, whatever their ids are', async () => {
    const world = new IntakeWorld();
    const good = Array.from({ length: 1_000 }, (_none, n) =>
      record('good', { service_name: 'größe', tags: { event_id: `${'!'.repeat(60)}${n}` } }),
    );
    const bad = Array.from({ length: 100 }, () => record('bad', { severity: '"\u0000é'.repeat(1_000) }));
    const sent = { body: JSON.stringify([...good, ...bad]), headers: { 'idempotency-key': 'k1' } };
    const first = await world.send(postEntries, sent);
    expect(jsonOf(first)).toMatchObject({ accepted: 1_000, rejected: 100 });
    const again = await world.send(postEntries, sent);
    expect([again.status, again.body.equals(first.body)]).toEqual([202, true]);
    expect(world.published).toHaveLength(1_000);
  });

  it('the other protocols answer from what was kept, too', async () => {
    const world = new IntakeWorld();
    const headers = { 'idempotency-key': 'k1' };
    const body = '{"create":{"_index":"web"}}\n{"message":"no time","level":"info"}\n';
    const first = await world.send(bulk, { body, headers });
    const again = await world.send(bulk, { body, headers });
    expect([again.headers, again.body]).toEqual([first.headers, first.body]);
    expect([world.published.length, jsonOf(again)['errors']]).toEqual([1, false]);
  });

  it('a key with another body is a conflict; with other rights it is another key', async () => {
    const world = new IntakeWorld();
    const headers = { 'idempotency-key': 'k1' };
    await world.send(postEntries, { body: JSON.stringify(record('a')), headers });
    const conflict = await world.send(postEntries, { body: JSON.stringify(record('b')), headers });
    expect([conflict.status, jsonOf(conflict)['code']]).toEqual([409, 'CONFLICT']);
    const other = await world.send(postEntries, {
      body: JSON.stringify(record('b')),
      headers,
      grant: { ...OPEN, name: 'other' },
    });
    expect(other.status).toBe(202);
  });

  it('a key with lines that begin the same and end otherwise is a conflict, too', async () => {
    const world = new IntakeWorld();
    const headers = { ...NDJSON, 'idempotency-key': 'k1' };
    const long = `${lines(Array.from({ length: 1_500 }, (_none, n) => record(`${n} ${'x'.repeat(1_000)}`)))}\n`;
    const first = await world.send(postEntries, { body: `${long}${lines([record('a')])}`, headers });
    expect(jsonOf(first)['accepted']).toBe(1_501);
    const again = await world.send(postEntries, { body: `${long}${lines([record('a')])}`, headers });
    expect([again.status, jsonOf(again)]).toEqual([202, jsonOf(first)]);
    for (const body of [`${long}${lines([record('b')])}`, long])
      expect((await world.send(postEntries, { body, headers })).status).toBe(409);
    expect(world.published).toHaveLength(1_501);
  });

  it('many records of which nothing is published hold up nobody else', async () => {
    const world = new IntakeWorld();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    const body = JSON.stringify(Array.from({ length: 20_000 }, () => ({ service: 'b', message: 'x' })));
    const answer = await world.send(postEntries, { body, grant: { ...OPEN, services: ['a'] } });
    clearInterval(timer);
    expect([answer.status, world.letters.length]).toEqual([403, 0]);
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it('lines of any length are published while they come, in flat memory', async () => {
    const world = new IntakeWorld();
    let mostHeld = 0;
    async function* body() {
      for (let n = 0; n < 30; n += 1) {
        const part = Array.from({ length: 500 }, (_none, m) =>
          JSON.stringify(record(`${n * 500 + m} ${'x'.repeat(100)}`)),
        );
        await Promise.resolve();
        mostHeld = Math.max(mostHeld, world.inFlight.bytes);
        yield Buffer.from(`${part.join('\n')}\n`);
      }
    }
    const answer = await world.send(postEntries, { body: body(), headers: NDJSON, maxBytes: 1_000_000 });
    expect(jsonOf(answer)).toMatchObject({ accepted: 15_000, ids: [] });
    expect(world.rows.map(({ payload }) => Number(payload.split(' ')[0]))).toEqual(
      Array.from({ length: 15_000 }, (_none, n) => n),
    );
    expect(mostHeld).toBeLessThan(12_000_000);
    expect(world.inFlight.bytes).toBe(0);
  });

  it.each([['broker'], ['client']])(
    'where the %s fails in the middle the answer says how far it came, and all again counts once',
    async (who) => {
      const world = new IntakeWorld();
      const all = Array.from({ length: 12_000 }, (_none, n) =>
        Buffer.from(`${JSON.stringify(record(`${n} ${'x'.repeat(100)}`))}\n`),
      );
      function* cut() {
        yield* who === 'client' ? all.slice(0, 9_000) : all;
        if (who === 'client') throw new Error('reset');
      }
      if (who === 'broker') world.publishesLeft = 7;
      const answer = await world.send(postEntries, { body: cut(), headers: NDJSON });
      expect(answer.status).toBe(who === 'broker' ? 503 : 400);
      const { received, detail } = jsonOf(answer) as { received: number; detail: string };
      expect(received).toBeGreaterThan(1_000);
      expect(detail).toContain(`first ${received} records are safe`);
      expect(
        new Set(world.rows.map(({ payload }) => Number(payload.split(' ')[0]))).size,
      ).toBeGreaterThanOrEqual(received);
      world.publishesLeft = Infinity;
      const again = await world.send(postEntries, { body: all, headers: NDJSON });
      expect([again.status, world.rows.length]).toEqual([202, 12_000]);
    },
  );

  it('nothing is answered before the dead letters are confirmed', async () => {
    const world = new IntakeWorld();
    world.publishesLeft = 0;
    const answer = await world.send(postEntries, { body: '{"broken' });
    expect([answer.status, jsonOf(answer)['code']]).toEqual([503, 'PUBSUB_UNREACHABLE']);
  });
});
