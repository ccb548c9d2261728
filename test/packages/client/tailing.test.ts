import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LmsClient, type TailNote } from '../../../packages/client/src/index.ts';
import { collected } from './collected.ts';
import {
  refuse,
  type ScriptedServer,
  scriptedServer,
  type SeenRequest,
  sendJson,
} from './scripted-server.ts';

const FROM = '2026-11-25T14:00:00.000000Z';
const TO = '2026-11-25T14:00:09.500000Z';
const unhandled = vi.fn();

beforeEach(() => {
  process.on('unhandledRejection', unhandled.mockClear());
});
afterEach(() => {
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

function entry(id: string) {
  return {
    id,
    service_name: 'cart',
    payload: `Text of ${id}`,
    severity: 'info',
    timestamp: FROM,
    event_id: id,
  };
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write('retry: 1000\n\n');
}

function say(response: ServerResponse, kind: string, data: object, position = 'p'): void {
  response.write(`id: ${position}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
}

function parametersOf({ url = '' }: SeenRequest): object {
  return Object.fromEntries(new URL(url, 'http://localhost').searchParams);
}

/** Takes so many entries, then stops reading. */
async function take(count: number, tail: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of tail) if (ids.push(id) === count) break;
  return ids;
}

const tails = ({ requests }: ScriptedServer) => requests.filter(({ url }) => url?.startsWith('/api/v1/tail'));

it('brings entries as they come, asked for with what it is given, and closes its connection when nobody reads on', async () => {
  const server = await scriptedServer((response) => {
    begin(response);
    for (const id of ['a', 'b', 'c']) say(response, 'entry', entry(id));
  });
  const question = { q: 'service:cart', since: '10m', n: 5, tz: 'Europe/Berlin', maxRate: 100 };
  const tail = new LmsClient(server.url, { token: 'secret' }).tail(question);
  expect(await take(2, tail)).toEqual(['a', 'b']);
  const [request] = server.requests;
  expect(parametersOf(request!)).toEqual({
    q: 'service:cart',
    since: '10m',
    n: '5',
    tz: 'Europe/Berlin',
    max_rate: '100',
  });
  expect(request!.headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer secret' });
  await request!.closed;
  expect(await tail.next()).toEqual({ done: true, value: undefined });
});

it('goes on behind the place of another tail, and tells how far it is once that was taken', async () => {
  const server = await scriptedServer((response) => {
    begin(response);
    for (const id of ['a', 'b']) say(response, 'entry', entry(id), `behind ${id}`);
  });
  const [ending, onProgress] = [new AbortController(), vi.fn()];
  const options = { signal: ending.signal, onProgress };
  const tail = new LmsClient(server.url).tail({ after: 'p0' }, options);
  expect(await tail.next()).toMatchObject({ value: { id: 'a' } });
  expect(onProgress).not.toHaveBeenCalledWith({ position: 'behind b' });
  await tail.next();
  const rest = tail.next();
  await expect.poll(() => onProgress.mock.lastCall).toEqual([{ position: 'behind b' }]);
  expect(parametersOf(server.requests[0]!)).toEqual({ last_event_id: 'p0' });
  ending.abort('enough');
  await expect(rest).rejects.toBe('enough');
});

it('a connection that ends is opened again behind its last event; what comes twice is given once', async () => {
  const server = await scriptedServer((response, _request, count) => {
    begin(response);
    if (count === 1) {
      say(response, 'entry', entry('a'), 'place-1');
      say(response, 'entry', entry('b'), 'place-2');
      response.end('id: place-3\nevent: entry\ndata: {"cut off');
      return;
    }
    for (const id of ['b', 'c']) say(response, 'entry', entry(id), `again-${id}`);
  });
  const notes: TailNote[] = [];
  const tail = new LmsClient(server.url).tail(
    { q: 'x', since: '1h', n: 3 },
    { onNote: (note) => notes.push(note) },
  );
  expect(await take(3, tail)).toEqual(['a', 'b', 'c']);
  expect(server.requests.map(parametersOf)).toEqual([
    { q: 'x', since: '1h', n: '3' },
    // Should that be in the middle of the history, the server has to know what that was.
    { q: 'x', since: '1h', n: '3', last_event_id: 'place-2' },
  ]);
  expect(notes.map(({ kind }) => kind)).toEqual(['reconnecting', 'reconnected']);
});

it('what is missing is looked up by the same question, between its times, oldest first, page by page', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (url.startsWith('/api/v1/workers')) {
      sendJson(response, {
        now: TO,
        storedUpTo: { kind: 'running', at: '2026-11-25T15:00:00Z' },
        workers: [],
      });
      return;
    }
    if (url.startsWith('/api/v1/entries')) {
      const isSecond = url.includes('cursor');
      const entries = isSecond ? [entry('d')] : [entry('a'), entry('c')];
      sendJson(response, { entries, next: isSecond ? null : 'more' });
      return;
    }
    begin(response);
    say(response, 'entry', entry('a'));
    say(response, 'heartbeat', { time: FROM, lagMs: 0, storedUpTo: FROM });
    say(response, 'gap', { from: FROM, to: TO });
    say(response, 'something-new', { of: 'a later release' });
  });
  const notes: TailNote[] = [];
  const tail = new LmsClient(server.url).tail(
    { q: 'x OR y', tz: 'UTC' },
    { onNote: (note) => notes.push(note) },
  );
  expect(await take(3, tail)).toEqual(['a', 'c', 'd']);
  expect(notes).toContainEqual({ kind: 'gap', from: FROM, to: TO });
  const [asked] = server.requests.filter(({ url }) => url?.startsWith('/api/v1/entries'));
  expect(parametersOf(asked!)).toEqual({
    ...{ q: 'x OR y', tz: 'UTC', since: FROM, until: TO },
    ...{ order: 'oldest', limit: '1000' },
  });
});

it.each([
  [400, 'EXPRESSION'],
  [403, 'SCOPE'],
  [429, 'TOO_MANY_REQUESTS'],
  [503, 'BUSY'],
])('a tail that is refused at first is a problem: %i', async (status, code) => {
  const server = await scriptedServer((response) => {
    refuse(response, status, code);
  });
  await expect(collected(new LmsClient(server.url).tail())).rejects.toMatchObject({ status, code });
});

it('later, a refusal for good ends it, and one for now does not', async () => {
  const server = await scriptedServer((response, _request, count) => {
    if (count === 2) {
      refuse(response, 503, 'BUSY', { 'retry-after': '1' });
      return;
    }
    if (count === 3) {
      refuse(response, 401, 'TOKEN');
      return;
    }
    begin(response);
    say(response, 'entry', entry('a'));
    response.end();
  });
  await expect(collected(new LmsClient(server.url).tail())).rejects.toMatchObject({ code: 'TOKEN' });
  expect(server.requests).toHaveLength(3);
});

it('an answer that is no event stream is no tail', async () => {
  const server = await scriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
  });
  await expect(collected(new LmsClient(server.url).tail())).rejects.toMatchObject({ code: 'SERVER_REFUSED' });
});

it('aborted, it rejects with the reason and closes its connection', async () => {
  const server = await scriptedServer((response) => {
    begin(response);
  });
  const ending = new AbortController();
  const reason = new Error('no longer wanted');
  const next = new LmsClient(server.url).tail({}, { signal: ending.signal }).next();
  void expect
    .poll(() => server.requests.length)
    .toBe(1)
    .then(() => {
      ending.abort(reason);
    });
  await expect(next).rejects.toBe(reason);
  await server.requests[0]!.closed;
});

it('waits for an entry: the tail has it before it is stored', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (!url.startsWith('/api/v1/tail')) {
      sendJson(response, { entries: [], next: null });
      return;
    }
    begin(response);
    say(response, 'entry', entry('a'));
  });
  const made = new Date().toISOString();
  const client = new LmsClient(server.url);
  expect(await client.waitFor('service:cart')).toMatchObject({ id: 'a' });
  const [tail] = tails(server);
  const { q, since } = parametersOf(tail!) as { readonly q: string; readonly since: string };
  expect(q).toBe('service:cart');
  expect(Date.parse(since)).toBeGreaterThanOrEqual(Date.parse(made));
  expect(Date.parse(since)).toBeLessThanOrEqual(Date.now());
  await tail!.closed;
});

it('waits for an entry that only the table has, and leaves no tail behind', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (url.startsWith('/api/v1/tail')) begin(response);
    else sendJson(response, { entries: tails(server).length > 0 ? [entry('a')] : [], next: null });
  });
  expect(await new LmsClient(server.url).waitFor('x')).toMatchObject({ id: 'a' });
  await tails(server)[0]!.closed;
});

it('waits for an entry where there is no tail, and while the server cannot answer', async () => {
  let looks = 0;
  const server = await scriptedServer((response, { url = '' }) => {
    if (url.startsWith('/api/v1/tail')) {
      refuse(response, 404, 'NO_RESOURCE');
      return;
    }
    looks += 1;
    if (looks === 1) {
      refuse(response, 503, 'DATABASE_UNREACHABLE');
      return;
    }
    sendJson(response, { entries: looks === 2 ? [] : [entry('a')], next: null });
  });
  expect(await new LmsClient(server.url).waitFor('x', { since: '1h' })).toMatchObject({ id: 'a' });
  expect(parametersOf(server.requests.at(-1)!)).toMatchObject({ q: 'x', since: '1h', order: 'oldest' });
});

it('what does not come in time is a problem that says what was waited for, and what failed', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (!url.startsWith('/api/v1/tail')) {
      refuse(response, 503, 'DATABASE_UNREACHABLE');
      return;
    }
    begin(response);
  });
  const answer = new LmsClient(server.url).waitFor('"order 7"', { timeoutMs: 2_000, since: '1m' });
  await expect(answer).rejects.toMatchObject({
    code: 'NOT_FOUND_IN_TIME',
    detail: expect.stringMatching(/"order 7".*2000 ms/) as string,
    cause: { code: 'DATABASE_UNREACHABLE' },
  });
  await Promise.all(server.requests.map(({ closed }) => closed));
});

it('a wait for what cannot be asked, or is aborted, ends at once', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (url.includes('wrong')) {
      refuse(response, 400, 'EXPRESSION');
      return;
    }
    if (!url.startsWith('/api/v1/tail')) {
      sendJson(response, { entries: [], next: null });
      return;
    }
    begin(response);
  });
  const client = new LmsClient(server.url);
  await expect(client.waitFor('wrong')).rejects.toMatchObject({ code: 'EXPRESSION' });
  const reason = new Error('no longer wanted');
  await expect(client.waitFor('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const ending = new AbortController();
  const answer = client.waitFor('x', { signal: ending.signal });
  void expect
    .poll(() => tails(server).length)
    .toBeGreaterThan(1)
    .then(() => {
      ending.abort(reason);
    });
  await expect(answer).rejects.toBe(reason);
});
