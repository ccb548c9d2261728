import { afterEach, expect, it, vi } from 'vitest';
import { LmsClient } from '../../../packages/client/src/index.ts';
import { openHttp } from '../../support/http-server.ts';
import { refuse, scriptedServer, sendJson, TAKEN } from './scripted-server.ts';

const ENTRY = { service_name: 'checkout', severity: 'error', payload: 'card declined' };

afterEach(() => {
  vi.unstubAllGlobals();
});

it('entries are sent in one request, a line each, and are there', async () => {
  const { url } = await openHttp();
  const client = new LmsClient(url);
  const at = new Date('2026-11-25T14:00:05.250Z');
  const sent = await client.send([
    { ...ENTRY, timestamp: at, code: 7 },
    { payload: 'of\nanother', severity: 'info', service_name: 'cart' },
  ]);
  expect(sent).toMatchObject({ accepted: 2, rejected: 0, denied: 0, refused: [] });
  const { entries } = await client.entries({ q: 'service:checkout' });
  expect(entries).toMatchObject([
    { ...ENTRY, id: sent.ids[0], timestamp: '2026-11-25T14:00:05.250000Z', tags: { code: 7 } },
  ]);
});

it('one entry is as good as a list of one, and its service can be said beside it', async () => {
  const { url } = await openHttp();
  const client = new LmsClient(url);
  await client.send({ payload: 'alone' }, { service: 'cron' });
  expect((await client.entries()).entries).toMatchObject([{ service_name: 'cron', payload: 'alone' }]);
});

it('says which are stored if it waited for that', async () => {
  const server = await openHttp();
  const client = new LmsClient(server.url);
  expect(await client.send(ENTRY)).toMatchObject({ accepted: 1, isStored: false });
  expect(await client.send(ENTRY, { waitSeconds: 2 })).toMatchObject({ accepted: 1, isStored: true });
  server.storesAtOnce = false;
  expect(await client.send(ENTRY, { waitSeconds: 0.2 })).toMatchObject({ accepted: 1, isStored: false });
});

it('what is refused says which records, and is not sent again', async () => {
  const server = await scriptedServer((response) => {
    refuse(response, 400, 'RECORDS');
  });
  await expect(new LmsClient(server.url).send(ENTRY)).rejects.toMatchObject({ code: 'RECORDS' });
  expect(server.requests).toHaveLength(1);
});

it('overload, and a broken connection, are tried again with the same key and body, not before they may be', async () => {
  const server = await scriptedServer((response, _request, count) => {
    if (count === 1) {
      refuse(response, 503, 'OVERLOADED', { 'retry-after': '1' });
      return;
    }
    if (count === 2) return void response.destroy();
    sendJson(response, TAKEN, { status: 202 });
  });
  const startMs = performance.now();
  expect(await new LmsClient(server.url).send([ENTRY, ENTRY])).toMatchObject({ accepted: 1 });
  expect(performance.now() - startMs).toBeGreaterThan(990);
  const [first, ...others] = server.requests.map(({ headers, body }) => [headers['idempotency-key'], body]);
  expect(first![0]).toMatch(/^[\da-f]{32}$/);
  expect(first![1]).toBe(`${JSON.stringify(ENTRY)}\n`.repeat(2));
  expect(others).toEqual([first, first]);
});

it('two requests have different keys; one that is given is used', async () => {
  const server = await scriptedServer((response) => {
    sendJson(response, TAKEN, { status: 202 });
  });
  const client = new LmsClient(server.url);
  for (const options of [{}, {}, { idempotencyKey: 'order-7' }]) await client.send(ENTRY, options);
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe('order-7');
});

it('gives up with the last problem once the next try would come too late', async () => {
  const server = await scriptedServer((response) => {
    refuse(response, 503, 'PUBSUB_UNREACHABLE', { 'retry-after': '60' });
  });
  const answer = new LmsClient(server.url).send(ENTRY, { retryForMs: 5_000 });
  await expect(answer).rejects.toMatchObject({
    code: 'PUBSUB_UNREACHABLE',
    details: { retryAfterMs: 60_000 },
  });
  expect(server.requests).toHaveLength(1);
});

it('a wait for the next try ends with the signal', async () => {
  const server = await scriptedServer((response) => {
    refuse(response, 503, 'BUSY', { 'retry-after': '20' });
  });
  const ending = new AbortController();
  const answer = new LmsClient(server.url).send(ENTRY, { signal: ending.signal });
  const reason = new Error('no longer wanted');
  void expect
    .poll(() => server.requests.length)
    .toBe(1)
    .then(() => {
      ending.abort(reason);
    });
  await expect(answer).rejects.toBe(reason);
});

it('an answer that was lost does not make two of an entry', async () => {
  const server = await openHttp();
  const lossy: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (lost.length > 0) return answer;
    lost.push(await answer.text());
    throw new TypeError('fetch failed');
  };
  const lost: string[] = [];
  const client = new LmsClient(server.url, { fetch: lossy });
  const sent = await client.send([ENTRY, ENTRY]);
  expect(sent).toMatchObject(JSON.parse(lost[0]!) as object);
  expect(await client.count()).toMatchObject({ count: 2 });
});

it('a page that came by plain HTTP can send, too: it has no crypto.randomUUID', async () => {
  const server = await scriptedServer((response) => {
    sendJson(response, TAKEN, { status: 202 });
  });
  const real = crypto;
  const getRandomValues = (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes);
  vi.stubGlobal('crypto', { getRandomValues });
  expect(await new LmsClient(server.url).send(ENTRY)).toMatchObject({ accepted: 1 });
});
