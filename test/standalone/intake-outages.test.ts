import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type RunningLms, startLms } from '../cli/lms.ts';
import { freePort } from '../support/ports.ts';
import { obstacleToRsyslog, startRsyslog } from '../support/rsyslog.ts';
import { type Ground, onSqlite } from '../support/serve-ground.ts';

const BATCH = 20;
/** What each client sends at least. */
const ENOUGH = 3 * BATCH;
const TOPIC = 'projects/lms/topics/log-topic';
const PATIENCE = { timeout: 30_000, interval: 200 };
const noRsyslog = await obstacleToRsyslog();

let broker: Broker;
let ground: Ground;
let worker: RunningLms;
let server: RunningLms;
let port: number;
let url: string;
let env: Record<string, string>;
/** Clients go on until this is set. */
let isOver = false;
/** What each client was told is safe. */
const told = new Map<string, string[]>();

beforeAll(async () => {
  [broker, ground, port] = await Promise.all([startBroker(), onSqlite([]), freePort()]);
  url = `http://127.0.0.1:${port}`;
  env = {
    DATABASE_URL: ground.url,
    PUBSUB_EMULATOR_HOST: `${broker.host}:${broker.port}`,
    FLUSHINTERVAL: '1',
    METADATA_SERVER_DETECTION: 'none',
  };
  worker = startLms(['mon'], env);
  await start();
});
afterAll(async () => {
  isOver = true;
  await Promise.all([server.stop(), worker.stop()]);
  await broker.close();
  await ground[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
  server = startLms(['serve', '--serve-port', String(port)], env);
  await server.printed(/\n/);
}

/** What a client sends next; it notes what it was told is safe. */
type Send = (payloads: readonly string[]) => Promise<readonly string[]>;

/** Sends batch after batch, each until the client's own retries end, and one once all is well again. */
async function keepSending(service: string, send: Send): Promise<void> {
  const safe: string[] = [];
  told.set(service, safe);
  for (let n = 0, isLast = false; !isLast; n += 1) {
    isLast = isOver;
    await delay(50);
    safe.push(...(await send(Array.from({ length: BATCH }, (_none, m) => `${service} ${n}.${m}`))));
  }
}

const curl: Send = async (payloads) => {
  const time = new Date().toISOString();
  const body = payloads.map((msg) => JSON.stringify({ time, level: 'info', msg })).join('\n');
  const type = ['-H', 'Content-Type: application/x-ndjson'];
  const retries = ['--retry', '40', '--retry-all-errors', '--retry-delay', '1', '--fail'];
  const to = `${url}/api/v1/entries?service=curl`;
  await promisify(execFile)('curl', ['-s', ...retries, ...type, '--data-binary', body, to]);
  return payloads;
};

function elastic(): Send {
  const options = { node: url, maxRetries: 40, retryBackoff: () => 250 };
  const client = new Client(options);
  return async (payloads) => {
    const time = new Date().toISOString();
    const operations = payloads.flatMap((message) => [
      { create: { _index: 'elastic' } },
      { '@timestamp': time, message },
    ]);
    const { errors } = await client.bulk({ operations });
    return errors ? [] : payloads;
  };
}

/** Says what it exported, and whether it was told that it is safe. */
class WatchedExporter extends OTLPLogExporter {
  ended: (safe: string[]) => void = () => undefined;

  override export(...[records, done]: Parameters<OTLPLogExporter['export']>): void {
    super.export(records, (result) => {
      this.ended(result.error === undefined ? records.map(({ body }) => String(body)) : []);
      done(result);
    });
  }
}

/** It gives up in the end: what it was not told is safe may be there, or not. */
function openTelemetry(): Send {
  const exporter = new WatchedExporter({ url: `${url}/v1/logs` });
  const processor = new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: 60_000 });
  const resource = resourceFromAttributes({ 'service.name': 'otel' });
  const logger = new LoggerProvider({ resource, processors: [processor] }).getLogger('tests');
  return async (payloads) => {
    const { promise, resolve } = Promise.withResolvers<string[]>();
    exporter.ended = resolve;
    for (const body of payloads) logger.emit({ body, severityText: 'INFO' });
    await processor.forceFlush().catch(() => undefined);
    return promise;
  };
}

async function stored(service: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/entries?q=service:${service}&limit=all&format=ndjson`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { payload: string }).payload);
}

/** Stops the server in the middle of what comes, and starts it again where it was. */
async function restart(signal: NodeJS.Signals): Promise<void> {
  const before = told.get('curl')?.length ?? 0;
  await server.stop(signal);
  await start();
  await vi.waitUntil(() => (told.get('curl')?.length ?? 0) > before, PATIENCE);
}

it('what clients were told is safe counts once, though the server restarts and the broker goes away', async () => {
  const clients = [
    keepSending('curl', curl),
    keepSending('elastic', elastic()),
    keepSending('otel', openTelemetry()),
  ];
  await using rsyslog = noRsyslog === undefined ? await startRsyslog(port, 'rsyslog') : undefined;
  if (rsyslog !== undefined)
    clients.push(
      keepSending('rsyslog', async (payloads) => {
        await rsyslog.log(payloads);
        return payloads;
      }),
    );
  await vi.waitUntil(() => [...told.values()].every(({ length }) => length > 0), PATIENCE);
  await restart('SIGTERM');
  // It is killed when it has published what it has not answered.
  broker.faults.delayAnswers('Publish', 1_000, Infinity);
  const before = broker.published(TOPIC);
  await vi.waitUntil(() => broker.published(TOPIC) >= before + 2 * BATCH, PATIENCE);
  const killed = server.stop('SIGKILL');
  broker.faults.clear();
  await killed;
  await restart('SIGKILL');
  await broker.pause();
  await delay(1_500);
  await broker.resume();
  await vi.waitUntil(() => [...told.values()].every(({ length }) => length > ENOUGH), PATIENCE);
  isOver = true;
  await Promise.all(clients);
  for (const [service, safe] of told) {
    const missing = async () => {
      const there = new Set(await stored(service));
      return safe.filter((payload) => !there.has(payload));
    };
    await expect.poll(missing, PATIENCE).toEqual([]);
    const rows = await stored(service);
    expect(new Set(rows).size, service).toBe(rows.length);
  }
}, 90_000);
