import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { PROBLEM } from '../../src/http/openapi.ts';
import { deadLetters, replayDeadLetters } from '../../src/http/resources/dead-letters.ts';
import { connectPubSub, type PubSubClients } from '../../src/pubsub/client.ts';
import { DeadLetterTopic } from '../../src/pubsub/dead-letter-topic.ts';
import { ensureTopology } from '../../src/pubsub/topology.ts';
import { onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';
import { NAMES, receive } from '../support/topology.ts';

const REFUSED = '{"service_name":"cart","payload":"größe 😀","severity":"worse"}';
const METRIC =
  /^lms_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/entries",status="200"\} 1$/m;

describe('what a server shows to whoever operates it', () => {
  let broker: Broker;
  let clients: PubSubClients;
  let ground: Awaited<ReturnType<typeof onSqlite>>;
  let server: ServeProcess;

  beforeAll(async () => {
    broker = await startBroker();
    const emulatorHost = `${broker.host}:${String(broker.port)}`;
    clients = await connectPubSub({ projectId: 'lms', emulatorHost });
    await ensureTopology({ clients, names: NAMES, role: 'worker', create: true });
    ground = await onSqlite();
    const env = { DATABASE_URL: ground.url, PUBSUB_EMULATOR_HOST: emulatorHost };
    server = await startServe(env, [], { ofTest: false });
  });
  afterAll(async () => {
    await server.stop();
    await clients.close();
    await broker.close();
    await ground[Symbol.asyncDispose]();
  });

  const bury = async (messageId: string, data: string) => {
    const message = { messageId, publishTime: { seconds: 1_794_000_000, nanos: 0 }, attributes: {} };
    const delivery = { ...message, data: Buffer.from(data), receivedAtMs: 0, bytes: data.length };
    const rejection = { code: 'unknown_severity', reason: 'severity is "worse".' } as const;
    await new DeadLetterTopic(clients, NAMES.deadLetterTopic, NAMES.subscription).publish([
      { delivery, rejection },
    ]);
  };
  const replay = async (body: object) => {
    const response = await server.get('/api/v1/dead-letters/replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return replayDeadLetters.response.parse(await response.json());
  };

  it('dead letters: why, how they begin, and again into the topic, each with its identity', async () => {
    await bury('17', REFUSED);
    await bury('18', 'x'.repeat(10_000));
    const listed: unknown = await (await server.get('/api/v1/dead-letters')).json();
    const { letters, complete } = z
      .object({ letters: z.array(z.looseObject({ messageId: z.string() })), complete: z.boolean() })
      .parse(deadLetters.response.parse(listed));
    expect(complete).toBe(true);
    expect(letters.toSorted((one, other) => (one.messageId < other.messageId ? -1 : 1))).toMatchObject([
      { messageId: '17', code: 'unknown_severity', service: 'cart', beginning: REFUSED },
      { messageId: '18', service: null, bytes: 10_000, beginning: 'x'.repeat(500) },
    ]);
    expect(await replay({ messageIds: ['17'] })).toMatchObject({ replayed: 1, notAskedFor: 1 });
    const [again] = await receive(clients, NAMES.subscription, 1);
    expect(again).toMatchObject({ attributes: { original_message_id: '17' } });
    expect(Buffer.from(again?.data ?? '').toString()).toBe(REFUSED);
    expect((await server.get('/api/v1/dead-letters?limit=1')).status).toBe(200);
  });

  it.each([
    ['{"limit":0}', 'PARAMETER', 'limit'],
    ['{"limits":1}', 'PARAMETER', 'limits'],
    ['{"limit":1', 'BODY', 'JSON'],
    ['\u0000', 'BODY', 'JSON'],
    ['[]', 'PARAMETER', 'body'],
  ])('a body that is wrong is told so: %j', async (body, code, hint) => {
    const headers = { 'content-type': 'application/json' };
    const response = await server.get('/api/v1/dead-letters/replay', { method: 'POST', headers, body });
    const problem = PROBLEM.parse(await response.json());
    expect([problem.status, problem.code]).toEqual([400, code]);
    expect(problem.detail).toContain(hint);
  });

  it('metrics tell of requests by route, and of rows read for rows returned', async () => {
    await server.get('/api/v1/entries?q=service:cart&limit=5');
    const response = await server.get('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(METRIC);
    const rows = (name: string) =>
      Number(new RegExp(`^lms_query_rows_${name}_total (.*)$`, 'm').exec(text)?.[1]);
    expect(rows('returned')).toBeGreaterThanOrEqual(5);
    expect(rows('read')).toBeGreaterThanOrEqual(rows('returned'));
    expect(text).toContain('lms_intake_entries_total{protocol="otlp",outcome="accepted"} 0');
    expect(text).not.toContain('service:cart');
  });

  it('the page of the API is of our own files, under the policy of every answer', async () => {
    const page = await server.get('/api/docs');
    const html = await page.text();
    const policy = page.headers.get('content-security-policy');
    expect(policy).toBe((await server.get('/livez')).headers.get('content-security-policy'));
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/<script>|style=|\son\w+=|https?:/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files).toContain('docs/start.js');
    for (const file of files) expect((await server.get(`/api/${file}`)).status, file).toBe(200);
    const script = await (await server.get('/api/docs/start.js')).text();
    expect(script).toContain("'openapi.json'");
  });
});
