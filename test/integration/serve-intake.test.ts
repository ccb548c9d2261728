import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { PROBLEM } from '../../src/http/openapi.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import { encodeExport, encodePush } from '../http/intake/otlp-messages.ts';
import { type Ground, onMySql, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const UNICODE = 'ünï 😀 \u0000\u0007 \u202e \u{10ffff} "\\';
const AT = '2026-11-25T14:00:05.123456';
const SECONDS = Date.parse(`${AT.slice(0, 19)}Z`) / 1_000;
const NDJSON = { 'content-type': 'application/x-ndjson' };
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

/** The same three entries, two of them alike, as each protocol sends them. */
const SENT: Readonly<Record<string, { readonly path: string; readonly init: RequestInit }>> = {
  array: {
    path: '/api/v1/entries?service=array',
    init: {
      headers: JSON_TYPE,
      body: JSON.stringify(texts().map((msg) => ({ time: `${AT}Z`, level: 'warn', msg }))),
    },
  },
  ndjson: {
    path: '/api/v1/entries?service=ndjson&time_field=when&msg_field=what&level_field=how',
    init: {
      headers: { ...NDJSON, 'content-encoding': 'gzip' },
      body: gzipSync(
        texts()
          .map((what) => JSON.stringify({ when: `${AT}Z`, how: 'W', what }))
          .join('\n'),
      ),
    },
  },
  otlp: { path: '/v1/logs', init: { headers: JSON_TYPE, body: JSON.stringify(otlp('otlp')) } },
  otlpProtobuf: {
    path: '/v1/logs?x=1',
    init: { headers: PROTOBUF, body: bytesOf(encodeExport(otlp('otlpProtobuf'))) },
  },
  loki: {
    path: '/loki/api/v1/push?pipeline=p',
    init: {
      headers: JSON_TYPE,
      body: JSON.stringify({
        streams: [
          {
            stream: { service_name: 'loki', level: 'warning' },
            values: texts().map((line) => [`${SECONDS}123456000`, line]),
          },
        ],
      }),
    },
  },
  lokiProtobuf: {
    path: '/loki/api/v1/push',
    init: {
      headers: PROTOBUF,
      body: bytesOf(
        compress(
          encodePush([
            {
              labels: '{job="lokiProtobuf", level="warn"}',
              entries: texts().map((line) => ({ seconds: SECONDS, nanos: 123_456_000, line })),
            },
          ]),
        ),
      ),
    },
  },
  lokiLegacy: {
    path: '/api/prom/push',
    init: {
      headers: JSON_TYPE,
      body: JSON.stringify({
        streams: [
          {
            labels: '{job="lokiLegacy",level="warn"}',
            entries: texts().map((line) => ({ ts: `${AT}Z`, line })),
          },
        ],
      }),
    },
  },
  bulk: {
    path: '/bulk/_bulk?filter_path=items&timeout=1m',
    init: {
      headers: { 'content-type': 'application/vnd.elasticsearch+x-ndjson; compatible-with=9' },
      body: texts()
        .map(
          (message) =>
            `{"create":{}}\n${JSON.stringify({ '@timestamp': `${AT}Z`, message, log: { level: 'WARN' } })}\n`,
        )
        .join(''),
    },
  },
};

function texts(): string[] {
  return [UNICODE, 'alike', 'alike'];
}

function otlp(service: string) {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  const logRecords = texts().map((stringValue) => ({
    timeUnixNano: `${SECONDS}123456000`,
    severityNumber: 13,
    body: { stringValue },
  }));
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] };
}

/** A server, a worker and a broker of these tests' own. */
function systemOn(prepare: () => Promise<Ground>) {
  let running:
    | {
        readonly broker: Broker;
        readonly ground: Ground;
        readonly server: ServeProcess;
        readonly worker: RunningLms;
      }
    | undefined;
  const env: Record<string, string> = {
    MAX_BODY_BYTES: String(1024 ** 2),
    MAX_BYTES_IN_FLIGHT: String(8 * 1024 ** 2),
    FLUSHINTERVAL: '1',
    METADATA_SERVER_DETECTION: 'none',
  };
  beforeAll(async () => {
    const [broker, ground] = await Promise.all([startBroker(), prepare()]);
    env['DATABASE_URL'] = ground.url;
    env['PUBSUB_EMULATOR_HOST'] = `${broker.host}:${broker.port}`;
    const worker = startLms(['mon'], env);
    running = { broker, ground, worker, server: await startServe(env, [], { ofTest: false }) };
  });
  afterAll(async () => {
    await Promise.all([running?.server.stop(), running?.worker.stop()]);
    await running?.broker.close();
    await running?.ground[Symbol.asyncDispose]();
  });
  const server = () => {
    if (running === undefined) throw new Error('tests have not begun');
    return running.server;
  };
  return {
    env,
    server,
    post: (path: string, init: RequestInit) => server().get(path, { method: 'POST', ...init }),
    stored: async (service: string) => {
      const response = await server().get(`/api/v1/entries?q=service:${service}&order=oldest`);
      const { entries } = (await response.json()) as { entries: { payload: string; severity: string }[] };
      return entries.map(({ payload, severity }) => [payload, severity]);
    },
  };
}

/** Each way in, twice: what is there then is what was sent once. */
function countsOnce({ server, post, stored }: ReturnType<typeof systemOn>): void {
  it('each protocol, sent twice, counts once, in order, whatever the text', async () => {
    for (let n = 0; n < 2; n += 1)
      for (const [name, { path, init }] of Object.entries(SENT)) {
        const response = await post(path, init);
        expect([name, response.status, await response.text()]).toEqual([
          name,
          expect.toSatisfy(isSuccess),
          expect.anything(),
        ]);
      }
    const expected = texts().map((text) => [text, 'warn']);
    for (const service of Object.keys(SENT))
      await expect.poll(() => stored(service), { timeout: 20_000 }).toEqual(expected);
    await post('/api/v1/entries', {
      headers: JSON_TYPE,
      body: JSON.stringify({ service: 'last', level: 'info', msg: 'x' }),
    });
    await expect.poll(() => stored('last'), { timeout: 20_000 }).toHaveLength(1);
    for (const service of Object.keys(SENT)) expect(await stored(service)).toEqual(expected);
    const metrics = await (await server().get('/metrics')).text();
    for (const protocol of ['entries', 'otlp', 'loki', 'elasticsearch'])
      expect(metrics).toMatch(new RegExp(`entries_total{protocol="${protocol}",outcome="accepted"} [1-9]`));
  }, 60_000);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

describe('what comes in by HTTP, stored in MySQL', () => {
  countsOnce(systemOn(() => onMySql([])));
});

describe('what comes in by HTTP, stored in SQLite', () => {
  const system = systemOn(() => onSqlite([]));
  const { env, server, post } = system;
  countsOnce(system);

  it('the answer that waits names the rows; a bad entry is told by its place and kept as a dead letter', async () => {
    const good = { service_name: 'named', payload: 'x', severity: 'info', timestamp: `${AT}Z` };
    const response = await post('/api/v1/entries', {
      headers: { ...NDJSON, prefer: 'wait=60' },
      body: [JSON.stringify(good), '{"broken', JSON.stringify(good)].join('\n'),
    });
    expect([response.status, response.headers.get('lms-stored')]).toEqual([201, 'true']);
    const { ids, refused } = (await response.json()) as { ids: string[]; refused: unknown[] };
    expect(refused).toMatchObject([{ place: 1, code: 'not_json' }]);
    for (const id of ids) expect((await server().get(`/api/v1/entries/${id}`)).status).toBe(200);
    const listed = startLms(['dlq', 'list'], env);
    expect((await listed.ended).stdout).toContain('not_json');
  });

  it.each([
    ['/api/v1/entries', 'POST', { headers: JSON_TYPE, body: 'x'.repeat(1024 ** 2 + 1) }, 413],
    [
      '/api/v1/entries',
      'POST',
      { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(50 * 1024 ** 2)) },
      413,
    ],
    [
      '/api/v1/entries',
      'POST',
      { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'not gzip' },
      400,
    ],
    ['/api/v1/entries', 'POST', { headers: { ...JSON_TYPE, 'content-encoding': 'lzma' }, body: '{}' }, 415],
    ['/api/v1/entries?sevice=x', 'POST', { headers: JSON_TYPE, body: '{}' }, 400],
    [
      '/v1/logs',
      'POST',
      { headers: { ...PROTOBUF, 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(50 * 1024 ** 2)) },
      413,
    ],
    ['/v1/logs', 'GET', {}, 405],
    [
      '/loki/api/v1/push',
      'POST',
      { headers: PROTOBUF, body: bytesOf(compress(Buffer.alloc(2 * 1024 ** 2))) },
      413,
    ],
    ['/_bulk', 'POST', { headers: NDJSON, body: 'x'.repeat(1024 ** 2 + 1) }, 413],
    ['/ready', 'GET', {}, 200],
    ['/', 'GET', {}, 200],
    ['/', 'HEAD', {}, 200],
    ['/_index_template/logs', 'HEAD', {}, 200],
  ])('%s %s is answered as it should be: %#', async (path, method, init, status) => {
    const response = await server().get(path, { method, ...init });
    const body = await response.text();
    expect(response.status, body).toBe(status);
    if (path.startsWith('/api/v1')) expect(PROBLEM.safeParse(JSON.parse(body)).success).toBe(true);
    if (path === '/v1/logs' && status === 413)
      expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    if (path === '/_bulk' || path === '/')
      expect(response.headers.get('x-elastic-product')).toBe('Elasticsearch');
  });

  it('overload is a 503 at once, and over as soon as there is room', async () => {
    const slow = await Promise.all(Array.from({ length: 40 }, () => holdOpen(new URL(server().url))));
    await expect.poll(async () => (await post('/v1/logs', SENT['otlp']!.init)).status).toBe(503);
    const startedMs = performance.now();
    const answers = await Promise.all([
      post('/api/v1/entries', SENT['array']!.init),
      post('/v1/logs', SENT['otlp']!.init),
    ]);
    const tookMs = performance.now() - startedMs;
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['1', '1']);
    expect(tookMs).toBeLessThan(5_000);
    for (const socket of slow) socket.destroy();
    await expect
      .poll(async () => (await post('/v1/logs', SENT['otlp']!.init)).status, { timeout: 10_000 })
      .toBe(200);
  });
});

/** A client that begins to send lines, and then sends nothing: it holds some room. */
async function holdOpen({ hostname, port }: URL) {
  const socket = connect(Number(port), hostname);
  const head = `POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 999999\r\n\r\n`;
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
  });
  socket.write(head);
  return socket;
}

/** In memory of its own, as `fetch` takes them. */
function bytesOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
