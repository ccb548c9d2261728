import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lms } from '../lms.ts';

/** Answers the tails that are asked for, one after the other. */
type Script = readonly ((request: IncomingMessage, response: ServerResponse) => void)[];

const DENIED = { code: 'UNAUTHENTICATED', status: 401, title: 'x', detail: 'the token was revoked' };

function entry(n: number, more = ''): string {
  const id = `20261125T14000000000${n}-e${n}`;
  const json = `{"service_name":"shop","payload":"entry ${n}","severity":"info","timestamp":"2026-11-25T14:00:00.00000${n}Z","id":"${id}","event_id":"e${n}"${more}}`;
  return `id: ${id}.run.${n}.1\nevent: entry\ndata: ${json}\n\n`;
}

const HEARTBEAT =
  'id: .run.0.1\nevent: heartbeat\ndata: {"time":"2026-11-25T14:00:00.000Z","lagMs":0,"storedUpTo":null}\n\n';

function streaming(...parts: readonly string[]): Script[number] {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const part of parts) response.write(part);
    response.end();
  };
}

const refusing: Script[number] = (_request, response) => {
  response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(DENIED));
};

/** A server of that script; the last of it answers whoever comes later. */
async function serving(script: Script) {
  const asked: { readonly query: Record<string, string>; readonly headers: IncomingMessage['headers'] }[] =
    [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    if (pathname !== '/api/v1/tail') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('');
      return;
    }
    const answer = script[Math.min(asked.length, script.length - 1)];
    asked.push({ query: Object.fromEntries(searchParams), headers: request.headers });
    answer?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

describe('lms tail --url', () => {
  it('asks for history, goes on behind the last event, and shows nothing twice', async () => {
    const { url, asked } = await serving([
      streaming(HEARTBEAT, entry(1), entry(2)),
      streaming(entry(2), entry(3)),
      refusing,
    ]);
    const args = [
      'tail',
      '--url',
      url,
      '--raw',
      '--max-rate',
      '9',
      '--since',
      '2026-11-25T13:00:00Z',
      'a',
      '-n',
      '5',
    ];
    const { status, stdout, stderr } = await lms(args, { LMS_TOKEN: 'lms_secret-of-a-token' });
    expect(stdout).toBe('entry 1\nentry 2\nentry 3\n');
    expect(status).toBe(19);
    expect(stderr).toMatch(
      /^lms: the tail has ended: trying again in 1 s\nlms: connected again\nlms: the tail has ended: trying again in \d s\n.*the token was revoked/,
    );
    expect(asked.map(({ query }) => query)).toEqual(
      Array.from({ length: 3 }, () => ({
        q: 'a',
        since: '2026-11-25T13:00:00.000000Z',
        n: '5',
        max_rate: '9',
      })),
    );
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '20261125T140000000002-e2.run.2.1',
      '20261125T140000000003-e3.run.3.1',
    ]);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer lms_secret-of-a-token',
      accept: 'text/event-stream',
    });
  });

  it('has JSON as the server has it, to the last digit, with created_at only of what is stored', async () => {
    const { url } = await serving([
      streaming(
        entry(1, ',"created_at":"2026-11-25T14:00:09.000000Z","tags":{"big":12345678901234567890}'),
        entry(2, ',"tags":{"x":1.50}'),
        'event: later-release\ndata: {}\n\n',
        entry(3),
        HEARTBEAT,
      ),
      refusing,
    ]);
    const { stdout } = await lms(['tail', '--url', url, '--json', '--quiet']);
    const data = [...stdout.matchAll(/"tags":(.*)\}\n/g)].map((match) => match[1]);
    expect(data).toEqual(['{"big":12345678901234567890}', '{"x":1.50}']);
    expect(stdout.split('\n').map((line) => line.includes('created_at'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const csv = await lms(['tail', '--url', url, '--csv', '--fields', 'payload,created_at', '--quiet']);
    expect(csv.status).toBe(19);
  });

  it('asks for ten lines unless it is said how many, for all with --since, and for none', async () => {
    const asking = async (...args: string[]) => {
      const { url, asked } = await serving([refusing]);
      await lms(['tail', '--url', url, ...args]);
      return asked.map(({ query }) => query['n']);
    };
    expect(await asking()).toEqual(['10']);
    expect(await asking('--since', '1h')).toEqual([undefined]);
    expect(await asking('--since', '1h', '-n', 'all')).toEqual([undefined]);
    expect(await asking('-n', '0')).toEqual(['0']);
  });

  it.each([
    ['nobody is there', ['--url', 'http://127.0.0.1:1'], 18],
    ['it is no URL', ['--url', 'here'], 1],
    ['the expression is wrong', ['a AND'], 2],
    ['there is no such zone', ['--tz', 'UTC+25'], 2],
    ['all of time is asked for', ['-n', 'all'], 2],
    ['there are too many lines', ['-n', '1001'], 2],
    ['LMS_TAIL is off', ['--tail', 'off', '--database-url', 'sqlite::memory:'], 2],
  ])('ends at once if %s', async (_why, args, status) => {
    const ended = await lms(['tail', ...args]);
    expect(ended).toMatchObject({ status, stdout: '' });
    expect(ended.stderr).not.toContain('trying again');
  });

  it.each([
    ['JSON', (_request: unknown, response: ServerResponse) => void response.writeHead(200).end('{}')],
    ['damaged events', streaming('event: entry\ndata: {"id":1}\n\n')],
  ])('says that what answers with %s is no server of ours', async (_what, answer) => {
    const { url } = await serving([answer]);
    const { status, stderr } = await lms(['tail', '--url', url]);
    expect(status).toBe(19);
    expect(stderr).toContain('not what lms serve does');
  });

  it('waits where a server is busy, once it has been open', async () => {
    const { url, asked } = await serving([
      streaming(HEARTBEAT, entry(1)),
      (_request, response) => {
        response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ ...DENIED, code: 'STOPPING', status: 503, detail: 'it ends' }));
      },
      streaming(entry(2)),
      refusing,
    ]);
    const { stdout, stderr } = await lms(['tail', '--url', url, '--raw']);
    expect(stdout).toBe('entry 1\nentry 2\n');
    expect(stderr).toContain('it ends: trying again in 1 s\n');
    expect(asked).toHaveLength(4);
  });
});
