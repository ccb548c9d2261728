import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import pino from 'pino';
import { pinoLoki } from 'pino-loki';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import { obstacleToRsyslog, startRsyslog } from '../support/rsyslog.ts';
import { type Ground, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const COUNT = 25;
const NUMBERS = Array.from({ length: COUNT }, (_none, n) => n);
const PATIENCE = { timeout: 20_000 };

const noRsyslog = await obstacleToRsyslog();
if (noRsyslog !== undefined) process.stderr.write(`rsyslog is not tested here. ${noRsyslog}\n`);

let broker: Broker;
let ground: Ground;
let server: ServeProcess;
let worker: RunningLms;

beforeAll(async () => {
  [broker, ground] = await Promise.all([startBroker(), onSqlite([])]);
  const env = {
    DATABASE_URL: ground.url,
    PUBSUB_EMULATOR_HOST: `${broker.host}:${broker.port}`,
    FLUSHINTERVAL: '1',
    METADATA_SERVER_DETECTION: 'none',
  };
  worker = startLms(['mon'], env);
  server = await startServe(env, [], { ofTest: false });
});
afterAll(async () => {
  await Promise.all([server.stop(), worker.stop()]);
  await broker.close();
  await ground[Symbol.asyncDispose]();
});

async function stored(service: string) {
  const response = await server.get(`/api/v1/entries?q=service:${service}&order=oldest&limit=1000`);
  const { entries } = (await response.json()) as {
    entries: { payload: string; severity: string; tags?: Record<string, unknown> }[];
  };
  return entries;
}

describe('programs that others wrote', () => {
  it.each([
    ['JSON', JsonExporter],
    ['protobuf', ProtobufExporter],
  ])("OpenTelemetry's exporter in %s", async (encoding, Exporter) => {
    const service = `otel-${encoding}`;
    const exporter = new Exporter({ url: `${server.url}/v1/logs` });
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const logger = provider.getLogger('tests');
    for (const n of NUMBERS)
      logger.emit(
        Object.assign(
          { body: `grüße 😀 ${n}`, attributes: { n, nested: { list: [1, 'two', true] } } },
          { severityText: 'WARN' },
        ),
      );
    await provider.forceFlush();
    await provider.shutdown();
    await expect.poll(async () => (await stored(service)).length, PATIENCE).toBe(COUNT);
    const entries = await stored(service);
    expect(entries.map(({ payload }) => payload).toSorted()).toEqual(
      NUMBERS.map((n) => `grüße 😀 ${n}`).toSorted(),
    );
    expect(new Set(entries.map(({ severity }) => severity))).toEqual(new Set(['warn']));
    expect(entries[0]?.tags).toMatchObject({ nested: { list: [1, 'two', true] } });
  });

  it('pino-loki', async () => {
    const stream = pinoLoki({ host: server.url, labels: { app: 'pino-loki' }, batching: false });
    const logger = pino(stream);
    for (const n of NUMBERS) logger.error({ n }, `é ${n}`);
    await expect.poll(async () => (await stored('pino-loki')).length, PATIENCE).toBe(COUNT);
    stream.end();
    expect((await stored('pino-loki')).every(({ severity }) => severity === 'error')).toBe(true);
  });

  it("Elasticsearch's client: the bulk helper", async () => {
    const client = new Client({ node: server.url });
    expect((await client.info()).tagline).toBe('You Know, for Search');
    for (let time = 0; time < 2; time += 1) {
      const result = await client.helpers.bulk({
        datasource: NUMBERS.map((n) => ({
          '@timestamp': '2026-11-25T14:00:05.123Z',
          message: `doc ${n}`,
          n,
        })),
        onDocument: ({ n }) => ({ create: { _index: 'elastic', _id: String(n) } }),
      });
      expect(result).toMatchObject({ total: COUNT, successful: COUNT, failed: 0 });
    }
    await client.close();
    await expect.poll(async () => (await stored('elastic')).length, PATIENCE).toBe(COUNT);
  });

  if (noRsyslog === undefined)
    it('rsyslog’s omelasticsearch, with its usual template', async () => {
      await using rsyslog = await startRsyslog(Number(new URL(server.url).port), 'rsyslog');
      const lines = NUMBERS.map((n) => `grüße 😀 "quoted" \\ ${n}`);
      await rsyslog.log(lines);
      await expect.poll(async () => (await stored('rsyslog')).length, PATIENCE).toBe(COUNT);
      const entries = await stored('rsyslog');
      expect(entries.map(({ payload }) => payload)).toEqual(lines);
      expect(new Set(entries.map(({ severity }) => severity))).toEqual(new Set(['warn']));
    });

  it('curl, as documented', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lms-test-curl-'));
    try {
      const file = join(directory, 'app.log.ndjson');
      await writeFile(
        file,
        NUMBERS.map((n) => `{"level":"info","msg":"line ${n}","time":1795615205123}\n`).join(''),
      );
      const run = (...args: string[]) => promisify(execFile)('curl', ['-s', ...args]);
      const one = '{"service_name":"curl-one","severity":"error","payload":"card declined"}';
      const type = (name: string) => ['-H', `Content-Type: application/${name}`];
      await run(`${server.url}/api/v1/entries`, ...type('json'), '-d', one);
      await run(`${server.url}/api/v1/entries`, '-d', one.replace('curl-one', 'curl-form'));
      const url = `${server.url}/api/v1/entries?service=curl`;
      for (let time = 0; time < 2; time += 1) {
        const { stdout } = await run(url, ...type('x-ndjson'), '--data-binary', `@${file}`);
        expect(JSON.parse(stdout)).toMatchObject({ accepted: COUNT, rejected: 0 });
      }
    } finally {
      await rm(directory, { recursive: true });
    }
    await expect
      .poll(async () => (await stored('curl')).map(({ payload }) => payload), PATIENCE)
      .toEqual(NUMBERS.map((n) => `line ${n}`));
    await expect
      .poll(async () => (await stored('curl-one')).length + (await stored('curl-form')).length, PATIENCE)
      .toBe(2);
  });
});
