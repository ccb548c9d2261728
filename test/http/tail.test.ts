import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Grant } from '../../src/access/grant.ts';
import { PROBLEM } from '../../src/http/openapi.ts';
import { LiveTails, type LiveTailsParts } from '../../src/live/live-tails.ts';
import { type Position, printPosition } from '../../src/live/position.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { systemClock } from '../../src/pipeline/clock.ts';
import { numbered, ScriptedLive, START_MS } from '../live/live-ground.ts';
import { openHttp } from '../support/http-server.ts';
import { RecordingLog } from '../support/recording-log.ts';

const ONE: Grant = { name: 'one', tokenId: '1', scopes: ['read'], prefix: '', hidden: [] };

async function openTails(changes: Partial<LiveTailsParts> = {}) {
  const source = new ScriptedLive();
  const tails = new LiveTails({
    source: () => source,
    ring: { maxAgeMs: 300_000, maxBytes: 10_000_000 },
    limits: { atOnce: 4, atOncePerKey: 2 },
    clock: systemClock,
    wallMs: Date.now,
    newEpoch: () => 'run',
    storedUpTo: () => Promise.resolve(undefined),
    log: new RecordingLog(),
    ...changes,
  });
  onTestFinished(() => tails.close());
  const server = await openHttp({ tails });
  return { source, tails, server };
}

/** Reads a stream until a text has come. */
async function readUntil(response: Response, isEnough: (text: string) => boolean): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!isEnough(text)) {
    const result = await reader?.read();
    if (result === undefined || result.done) break;
    text += result.value;
  }
  await reader?.cancel();
  return text;
}

const entriesIn = (text: string) => [...text.matchAll(/"event_id":"([^"]+)"/g)].map(([, id]) => id);
const idsIn = (text: string) => [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');

describe('GET /api/v1/tail', () => {
  it('is a stream of events that no proxy may hold back, each an entry as in NDJSON with a place to go on at', async () => {
    const { source, server } = await openTails();
    const response = await server.ask('/api/v1/tail?q=service:shop');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/./) as string,
    });
    source.receiver?.entries([
      numbered(1),
      numbered(2, { serviceName: 'cart' }),
      numbered(3, { payload: 'a\nb' }),
    ]);
    const text = await readUntil(response, (read) => read.includes('e-3'));
    const [first, heartbeat, entry, last] = text.split('\n\n');
    expect(first).toBe('retry: 1000');
    expect(heartbeat).toMatch(
      /^id: \.run\.0\.\w+\nevent: heartbeat\ndata: \{"time":"[^"]+","lagMs":0,"storedUpTo":null\}$/,
    );
    expect(entry).toMatch(
      /^id: 20261125T120000001000-e-1\.run\.1\.\w+\nevent: entry\ndata: \{"service_name":"shop",.*\}$/,
    );
    expect(last).toContain('"payload":"a\\nb"');
  });

  it('goes on behind the event that Last-Event-ID names, or the parameter if there is no header', async () => {
    const { source, server } = await openTails();
    const response = await server.ask('/api/v1/tail');
    source.receiver?.entries([1, 2, 3, 4].map((n) => numbered(n)));
    const seen = idsIn(await readUntil(response, (read) => read.includes('e-4')));
    const [at, later] = [
      seen.find((id) => id.includes('e-2')) ?? '',
      seen.find((id) => id.includes('e-3')) ?? '',
    ];
    const isOver = (read: string) => read.includes('event: heartbeat');
    const byHeader = await server.ask(`/api/v1/tail?last_event_id=${at}`, {
      headers: { 'last-event-id': later },
    });
    expect(entriesIn(await readUntil(byHeader, isOver))).toEqual(['e-4']);
    const byQuery = await server.ask(`/api/v1/tail?last_event_id=${at}`);
    expect(entriesIn(await readUntil(byQuery, isOver))).toEqual(['e-3', 'e-4']);
  });

  it('a history that was cut goes on where it was, though "ten minutes ago" is later by now', async () => {
    const hour = 3_600_000;
    const askedMs = Date.now() - hour;
    const made = Array.from({ length: 5 }, (_none, n) => numbered(askedMs - START_MS - 500_000 + n * 60_000));
    const { server } = await openTails();
    await server.store.write(made);
    const isOver = (read: string) => read.includes('event: heartbeat');
    const position = (change: Partial<Position>) =>
      printPosition({ entryId: undefined, epoch: 'h', sequence: 0, serverMs: askedMs, ...change });
    const from = async (at: string) => {
      const headers = { 'last-event-id': at };
      return entriesIn(await readUntil(await server.ask('/api/v1/tail?since=10m', { headers }), isOver));
    };
    const ids = made.map(({ eventId }) => eventId);
    expect(await from(position({}))).toEqual(ids);
    expect(await from(position({ entryId: entryId(made[1]!) }))).toEqual(ids.slice(2));
    // The clock of another server may be ahead of ours.
    expect(await from(position({ serverMs: Date.now() + hour }))).toEqual([]);
  });

  it('refuses before the stream begins what it cannot answer', async () => {
    const { source, server, tails } = await openTails();
    const refused = async (query: string, options: RequestInit = {}) => {
      const response = await server.ask(`/api/v1/tail${query}`, options);
      const { code } = PROBLEM.parse(await response.json());
      return [response.status, code, response.headers.has('retry-after')];
    };
    expect(await refused('?q=(')).toEqual([400, 'EXPRESSION', false]);
    expect(await refused('?until=now')).toEqual([400, 'PARAMETER', false]);
    expect(await refused('?n=1001')).toEqual([400, 'PARAMETER', false]);
    expect(await refused('', { headers: { 'last-event-id': 'nonsense' } })).toEqual([400, 'CURSOR', false]);
    source.failure = new Error('no rights');
    expect(await refused('')).toEqual([500, 'BUG', false]);
    source.failure = undefined;
    server.grant = ONE;
    const open = [await server.ask('/api/v1/tail'), await server.ask('/api/v1/tail')];
    expect(await refused('')).toEqual([429, 'TOO_MANY_REQUESTS', true]);
    server.grant = { ...ONE, tokenId: '2' };
    open.push(await server.ask('/api/v1/tail'), await server.ask('/api/v1/tail'));
    server.grant = { ...ONE, tokenId: '3' };
    expect(await refused('')).toEqual([503, 'OVERLOADED', true]);
    for (const each of open) await each.body?.cancel();
    await vi.waitFor(() => {
      expect(tails.numbers.open).toBe(0);
    }, 10_000);
    await tails.close();
    expect(await refused('')).toEqual([503, 'STOPPING', true]);
    expect((await (await openHttp()).ask('/api/v1/tail')).status).toBe(404);
  });

  it('HEAD says what it would be, and opens nothing', async () => {
    const { server, tails } = await openTails();
    const response = await server.ask('/api/v1/tail', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    await vi.waitFor(() => {
      expect(tails.numbers.open).toBe(0);
    }, 10_000);
  });

  it('ends soon for a token that may not read any more', async () => {
    const { server, tails } = await openTails({ clock: fast() });
    server.grant = ONE;
    const response = await server.ask('/api/v1/tail');
    server.grant = { ...ONE, scopes: [] };
    // To its end, which comes by itself.
    expect(await readUntil(response, () => false)).not.toBe('');
    await vi.waitFor(() => {
      expect(tails.numbers.open).toBe(0);
    }, 10_000);
  });

  it('holds back nothing and nobody where one does not read, and ends with the server at once', async () => {
    const { server, source, tails } = await openTails({ queue: { maxEntries: 50, maxUnits: 100_000_000 } });
    const url = new URL(server.url);
    const stuck = connect(Number(url.port), url.hostname);
    onTestFinished(() => {
      stuck.destroy();
    });
    stuck.write('GET /api/v1/tail HTTP/1.1\r\nhost: localhost\r\n\r\n');
    stuck.pause();
    const response = await server.ask('/api/v1/tail?q=small');
    await vi.waitFor(() => {
      expect(tails.numbers.open).toBe(2);
    }, 10_000);
    const large = 'x'.repeat(1_000_000);
    for (let n = 0; n < 100; n += 1) {
      source.receiver?.entries([numbered(n, { payload: large })]);
      if (n % 10 === 0) await wait(30);
    }
    source.receiver?.entries([numbered(1_000, { payload: 'small' })]);
    expect(entriesIn(await readUntil(response, (read) => read.includes('small')))).toEqual(['e-1000']);
    expect(tails.numbers.skipped).toBeGreaterThan(0);
    const startMs = performance.now();
    server.stop.abort();
    await tails.close();
    await vi.waitFor(() => {
      expect(
        server.log.told.some(
          ({ fields }) => fields['route'] === '/api/v1/tail' && fields['finished'] === false,
        ),
      ).toBe(true);
    }, 10_000);
    expect(performance.now() - startMs).toBeLessThan(9_000);
  });
});

/** Heartbeats come soon. */
function fast(): typeof systemClock {
  return {
    now: () => systemClock.now(),
    schedule: (delayMs, task) => systemClock.schedule(Math.min(delayMs, 50), task),
  };
}
