import { expect, it } from 'vitest';
import { LmsClient, LmsProblem } from '../../../packages/client/src/index.ts';
import { Problem } from '../../../src/http/problems.ts';
import { entryId } from '../../../src/logs/entry-id.ts';
import { type HttpServer, openHttp } from '../../support/http-server.ts';
import { freePort } from '../../support/ports.ts';
import { BY_KEY } from '../../support/serve-ground.ts';
import { collected } from './collected.ts';
import { refuse, scriptedServer, sendJson } from './scripted-server.ts';

const IDS = BY_KEY.map(entryId);

async function filled(): Promise<{ readonly server: HttpServer; readonly client: LmsClient }> {
  const server = await openHttp();
  await server.store.write(BY_KEY);
  return { server, client: new LmsClient(server.url) };
}

/** What a promise rejects with, which has to be a problem. */
async function problemOf(promise: Promise<unknown>): Promise<LmsProblem> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LmsProblem) return error;
  throw new Error('no problem', { cause: error });
}

it('a page has entries with their types, and leads to the next', async () => {
  const { client } = await filled();
  const page = await client.entries({ q: 'service:checkout', limit: 2, order: 'oldest', explain: true });
  expect(page).toMatchObject({
    order: 'oldest',
    complete: true,
    cost: { plan: expect.any(String) as string },
  });
  expect(page.entries.map(({ service_name, severity }) => [service_name, severity])).toHaveLength(2);
  const next = await client.entries({ q: 'service:checkout', limit: 2, order: 'oldest', cursor: page.next! });
  expect(new Set([...page.entries, ...next.entries].map(({ id }) => id)).size).toBe(4);
});

it('all has every entry once, in order, by pages of a thousand; pages by as many as is said', async () => {
  const { client } = await filled();
  const found = (await collected(client.all({ order: 'oldest' }))).map(({ id }) => id);
  expect(found).toEqual(IDS);
  const pages = (await collected(client.pages({ limit: 7 }))).map(({ entries }) => entries.length);
  expect(pages.slice(0, 3)).toEqual([7, 7, 7]);
  expect(pages.reduce((all, each) => all + each, 0)).toBe(IDS.length);
});

it('a page is asked for when it is wanted, and none behind the one that is the last that is read', async () => {
  const page = { entries: [{ id: 'a' }, { id: 'b' }], next: 'more', complete: true };
  const server = await scriptedServer((response) => {
    sendJson(response, page);
  });
  for await (const entry of new LmsClient(server.url).all()) {
    expect(entry.id).toBe('a');
    break;
  }
  expect(server.requests).toHaveLength(1);
});

it('an empty page that a budget ended is not the last', async () => {
  const server = await scriptedServer((response, _request, count) => {
    sendJson(response, {
      entries: count === 2 ? [{ id: 'found' }] : [],
      next: count < 3 ? String(count) : null,
    });
  });
  expect(await collected(new LmsClient(server.url).all())).toEqual([{ id: 'found' }]);
  expect(server.requests.map(({ url }) => new URL(url!, server.url).searchParams.get('cursor'))).toEqual([
    null,
    '1',
    '2',
  ]);
});

it('one entry, counts, bars, values, services', async () => {
  const { client } = await filled();
  expect(await client.entry(IDS[0]!)).toMatchObject({ id: IDS[0], event_id: BY_KEY[0]!.eventId });
  expect(await client.count({ q: 'severity>=error' })).toMatchObject({ count: 240 });
  const { buckets, values } = await client.histogram({ since: '2026-11-25', by: 'severity', buckets: 10 });
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(BY_KEY.length);
  expect(values).toContain('fatal');
  expect((await client.values({ field: 'service' })).values).toContainEqual({
    value: 'größe 😀',
    count: 200,
  });
  expect((await client.services()).services.map(({ service }) => service)).toEqual([
    'cart',
    'checkout',
    'größe 😀',
  ]);
});

it('deletes what it was told of, and nothing before it is told', async () => {
  const { client } = await filled();
  const q = 'service:cart severity:fatal';
  const { matching, confirm } = await client.delete({ q });
  expect(matching).toBe(40);
  expect(await client.count({ q })).toMatchObject({ count: 40 });
  expect(await client.delete({ q, confirm: confirm! })).toEqual({ deleted: 40 });
  expect(await client.count({ q })).toMatchObject({ count: 0 });
});

it('a refusal is a problem with its code, status and detail, and all else that the server says of it', async () => {
  const { server, client } = await filled();
  const problem = await problemOf(client.entries({ q: 'severity>=wran' }));
  expect(problem).toMatchObject({ name: 'LmsProblem', code: 'EXPRESSION', status: 400 });
  expect(problem.details).toMatchObject({ at: 10, length: 4, requestId: expect.any(String) as string });
  expect(problem.message).toBe(`EXPRESSION: ${problem.detail}`);
  server.grant = new Problem('TOO_MANY_REQUESTS', 'Enough.', { headers: { 'retry-after': '7' } });
  expect(await problemOf(client.services())).toMatchObject({ status: 429, details: { retryAfterMs: 7_000 } });
  expect(await problemOf(client.entry('none'))).toMatchObject({ status: 429 });
});

it('nobody answers: that is a problem, too, and says why', async () => {
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const problem = await problemOf(new LmsClient(url).services());
  expect(problem).toMatchObject({ code: 'SERVER_UNREACHABLE', status: 0, cause: expect.any(Error) as Error });
  expect(problem.detail).toContain(`${url} does not answer: connect ECONNREFUSED`);
});

it.each([
  ['a page instead of JSON', 200, 'text/html', '<html>Sign in</html>'],
  ['what says that it is JSON, and is none', 200, 'application/json', '<html>'],
  ['an error of a proxy', 502, 'text/html', '<html>'],
  ['a refusal in another form', 403, 'application/json', '{"error":"no"}'],
  ['nothing in JSON', 500, 'application/json', 'null'],
])('%s is no answer of LMS', async (_name, status, type, body) => {
  const server = await scriptedServer((response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  expect(await problemOf(new LmsClient(server.url).services())).toMatchObject({
    code: 'SERVER_REFUSED',
    status,
  });
});

it('an answer that is cut off is a problem', async () => {
  const server = await scriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"services":', () => response.destroy());
  });
  expect(await problemOf(new LmsClient(server.url).services())).toMatchObject({ code: 'SERVER_UNREACHABLE' });
});

it('a token goes to the server that it is for, and nowhere that it leads to', async () => {
  const other = await scriptedServer((response) => {
    sendJson(response, { services: [] });
  });
  const server = await scriptedServer((response) => {
    response.writeHead(302, { location: other.url }).end();
  });
  const client = new LmsClient(server.url, { token: 'secret' });
  expect(await problemOf(client.services())).toMatchObject({ code: 'SERVER_REFUSED', status: 302 });
  expect(server.requests[0]!.headers.authorization).toBe('Bearer secret');
  expect(other.requests).toEqual([]);
});

it.each(['/logs', '/logs/'])('a server below a path is asked there: %s', async (path) => {
  const server = await scriptedServer((response) => {
    sendJson(response, { count: 0 });
  });
  await new LmsClient(`${server.url}${path}`).count({ q: 'a&b=ü #1', since: undefined });
  expect(server.requests[0]!.url).toBe('/logs/api/v1/entries/count?q=a%26b%3D%C3%BC+%231');
});

it('what is no URL is refused at once', () => {
  expect(() => new LmsClient('localhost')).toThrow(TypeError);
});

it('whatever is aborted rejects with the reason: before, while nothing comes, within an answer, between pages', async () => {
  const server = await scriptedServer((response, { url = '' }) => {
    if (url.includes('services')) return;
    if (!url.includes('count')) {
      sendJson(response, { entries: [], next: 'more' });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"count":');
  });
  const client = new LmsClient(server.url);
  const reason = new Error('no longer wanted');
  await expect(client.services({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(server.requests).toHaveLength(0);
  const ask = [
    (signal: AbortSignal) => client.services({ signal }),
    (signal: AbortSignal) => client.count({}, { signal }),
    (signal: AbortSignal) => collected(client.all({}, { signal })),
  ];
  for (const each of ask) {
    const ending = new AbortController();
    const before = server.requests.length;
    const answer = each(ending.signal);
    void expect
      .poll(() => server.requests.length)
      .toBeGreaterThan(before)
      .then(() => {
        ending.abort(reason);
      });
    await expect(answer).rejects.toBe(reason);
  }
  await server.requests[0]!.closed;
});

it('a failure of the server is told as such', async () => {
  const server = await scriptedServer((response) => {
    refuse(response, 500, 'BUG');
  });
  expect(await problemOf(new LmsClient(server.url).services())).toMatchObject({
    code: 'BUG',
    detail: 'it is BUG',
  });
});
