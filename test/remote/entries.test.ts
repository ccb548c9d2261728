import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { publishedJson } from '../../src/logs/entry-json.ts';
import { EntriesClient, verdictOfServer } from '../../src/remote/entries.ts';
import { entry } from '../agent/fake-ends.ts';

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly lines: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ON = new AbortController().signal;
let server: Server;
let client: EntriesClient;
let received: Received[];
let answer: (lines: readonly string[]) => Answer | undefined;

const taken = (lines: readonly string[]): Answer => ({
  status: 202,
  body: { accepted: lines.length, rejected: 0, denied: 0, ids: [], refused: [] },
});
const problem = (status: number, more: object = {}, headers = {}): Answer => ({
  status,
  body: { type: 'about:blank', title: 'No', status, code: 'X', detail: 'it is so', ...more },
  headers,
});

beforeEach(async () => {
  received = [];
  answer = taken;
  server = createServer((request, response) => {
    void text(request.pipe(createGunzip())).then((body) => {
      const lines = body.split('\n');
      received.push({ url: request.url, headers: request.headers, lines });
      const given = answer(lines);
      if (given === undefined) return void request.socket.destroy();
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      response.end(JSON.stringify(given.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new EntriesClient(`http://127.0.0.1:${String(port)}/lms`, { token: 'lms_secret' });
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function failure(entries: readonly LogEntry[]): Promise<unknown> {
  return client.take(entries, ON).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('entries for a server', () => {
  it('are lines of JSON with their ids, compressed, with the token', async () => {
    const entries = [entry(1), { ...entry(2), payload: 'two\nlines', tags: '{"a":1}' }];
    await expect(client.take(entries, ON)).resolves.toEqual({ refused: 0, reasons: [] });
    expect(received).toMatchObject([
      {
        url: '/lms/api/v1/entries',
        headers: {
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
          authorization: 'Bearer lms_secret',
        },
        lines: entries.map(publishedJson),
      },
    ]);
  });

  it('that are refused are told of, the others are taken', async () => {
    answer = (lines) => ({
      status: 202,
      body: {
        accepted: lines.length - 2,
        rejected: 1,
        denied: 1,
        ids: [],
        refused: [
          { place: 1, code: 'c', reason: 'bad' },
          { place: 2, code: 'c', reason: 'not allowed' },
        ],
      },
    });
    const { refused, reasons } = await client.take([entry(0), entry(1), entry(2)], ON);
    expect(refused).toBe(2);
    expect(reasons).toMatchObject([
      { place: 1, reason: 'bad' },
      { place: 2, reason: 'not allowed' },
    ]);
  });

  it.each([400, 403])('are refused if none of them is taken, which is a %i', async (status) => {
    answer = () => problem(status, { refused: [{ place: 0, code: 'not_allowed', reason: 'not allowed' }] });
    await expect(client.take([entry(0), entry(1)], ON)).resolves.toMatchObject({
      refused: 2,
      reasons: [{ place: 0, reason: 'not allowed' }],
    });
  });

  it('are sent in smaller requests if one is too large, and places stay', async () => {
    const isBad = (line: string) => line.includes('line 6');
    answer = (lines) => {
      if (lines.length > 3) return problem(413);
      const bad = lines.findIndex(isBad);
      if (bad === -1) return taken(lines);
      const refused = [{ place: bad, code: 'c', reason: 'bad' }];
      return { status: 202, body: { accepted: lines.length - 1, rejected: 1, denied: 0, ids: [], refused } };
    };
    const entries = Array.from({ length: 8 }, (_, n) => entry(n));
    await expect(client.take(entries, ON)).resolves.toEqual({
      refused: 1,
      reasons: [{ place: 6, reason: 'bad' }],
    });
    const settled = received.filter(({ lines }) => lines.length <= 3).flatMap(({ lines }) => lines);
    expect(settled).toEqual(entries.map(publishedJson));
  });

  it('are refused if one alone is too large', async () => {
    answer = () => problem(413, { detail: 'A record has 3 MB.' });
    const { refused, reasons } = await client.take([entry(0), entry(1)], ON);
    expect(refused).toBe(2);
    expect(reasons.map(({ place }) => place)).toEqual([0, 1]);
    expect(reasons[0]?.reason).toContain('A record has 3 MB.');
  });

  it.each([
    [429, { 'retry-after': '7' }, { isPassing: true, retryAfterMs: 7_000 }],
    [503, { 'retry-after': '5' }, { isPassing: true, retryAfterMs: 5_000 }],
    [502, {}, { isPassing: true, retryAfterMs: undefined }],
    [408, {}, { isPassing: true, retryAfterMs: undefined }],
    [401, {}, { isPassing: false, retryAfterMs: undefined }],
    [403, {}, { isPassing: false, retryAfterMs: undefined }],
    [404, {}, { isPassing: false, retryAfterMs: undefined }],
  ])('are not taken by a %i, which passes or does not', async (status, headers, verdict) => {
    answer = () => problem(status, {}, headers);
    const error = await failure([entry(1)]);
    expect(error).toMatchObject({ message: expect.stringContaining('it is so') as string });
    expect(verdictOfServer(error)).toEqual(verdict);
  });

  it('wait for a server that is away, or cuts the connection', async () => {
    answer = () => undefined;
    expect(verdictOfServer(await failure([entry(1)]))).toMatchObject({ isPassing: true });
    server.close();
    server.closeAllConnections();
    const error = await failure([entry(1)]);
    expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(verdictOfServer(error)).toMatchObject({ isPassing: true });
  });

  it('are not taken by what is no server of ours', async () => {
    answer = () => ({ status: 200, body: { ok: true } });
    const error = await failure([entry(1)]);
    expect(error).toMatchObject({ code: 'SERVER_REFUSED' });
    expect(verdictOfServer(error)).toMatchObject({ isPassing: false });
    answer = () => ({ status: 202, body: { accepted: 1, rejected: 0, denied: 0, ids: [], refused: [] } });
    expect(await failure([entry(1), entry(2)])).toMatchObject({
      message: expect.stringContaining('1 of 2') as string,
    });
  });
});
