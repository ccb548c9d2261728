import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { ENTRIES, type Ground, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const BY_HUNDREDS = 200;
const STALLED_EXPORTS = 50;
/** Beyond what was there before: garbage that nobody has collected, too. */
const MAX_GROWTH_BYTES = 512 * 1024 ** 2;
/** Of half of the rounds; of each one: a machine that is busy otherwise may stand still for a moment. */
const USUAL_ANSWER_MS = 1_000;
const ANSWER_MS = 10_000;
/** More than the buffers of a connection hold. */
const LARGE = Array.from({ length: 2_000 }, (_none, n) => ({
  ...ENTRIES[0]!,
  eventId: `large-${String(n).padStart(6, '0')}`,
  payload: `${n} ${'x'.repeat(10_000)}`,
}));
const RECORD = { service_name: 'quick', severity: 'info', payload: 'x', timestamp: '2026-11-25T14:00:00Z' };

let broker: Broker;
let ground: Ground;
let server: ServeProcess;
const sockets: Socket[] = [];

beforeAll(async () => {
  [broker, ground] = await Promise.all([startBroker(), onSqlite(LARGE)]);
  const env = { DATABASE_URL: ground.url, PUBSUB_EMULATOR_HOST: `${broker.host}:${broker.port}` };
  server = await startServe(env, [], { ofTest: false });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.stop();
  await broker.close();
  await ground[Symbol.asyncDispose]();
});

async function open(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  // A server may cut whoever is so slow.
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

/** So many connections, and what each sends, byte by byte. */
async function drip(count: number, start: string, rest: string): Promise<() => void> {
  const opened = await Promise.all(Array.from({ length: count }, () => open(start)));
  let at = 0;
  return () => {
    for (const socket of opened) socket.write(rest.charAt(at % rest.length));
    at += 1;
  };
}

async function memory(): Promise<number> {
  const text = await (await server.get('/metrics')).text();
  return Number(/^process_resident_memory_bytes (.*)$/m.exec(text)?.[1]);
}

/** The longest that others wait for an answer. */
async function slowestMs(): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const asked = [
    () => server.get('/livez'),
    () => server.get('/api/v1/entries?limit=5'),
    () => server.get('/api/v1/entries', { method: 'POST', headers, body: JSON.stringify(RECORD) }),
  ];
  let slowest = 0;
  for (const ask of asked) {
    const startMs = performance.now();
    const response = await ask();
    await response.text();
    expect(response.ok).toBe(true);
    slowest = Math.max(slowest, performance.now() - startMs);
  }
  return slowest;
}

it('whoever sends headers or bodies byte by byte, or stops reading an export, holds nobody else', async () => {
  await slowestMs();
  const before = await memory();
  const post = 'POST /api/v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n';
  const dripHeaders = await drip(BY_HUNDREDS, 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX-A: ', 'a');
  const dripBodies = await drip(BY_HUNDREDS, `${post}Content-Type: application/json\r\n\r\n`, ' ');
  const exported = 'GET /api/v1/entries?limit=all&format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n';
  for (let n = 0; n < STALLED_EXPORTS; n += 1) {
    const socket = await open(exported);
    socket.pause();
  }
  const slowest: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    dripHeaders();
    dripBodies();
    slowest.push(await slowestMs());
  }
  slowest.sort((one, other) => one - other);
  expect(slowest[10]).toBeLessThan(USUAL_ANSWER_MS);
  expect(slowest.at(-1)).toBeLessThan(ANSWER_MS);
  expect((await memory()) - before).toBeLessThan(MAX_GROWTH_BYTES);
  // Half a body is no entry, whenever its connection ends.
  expect(broker.published('projects/lms/topics/log-topic')).toBe(21);
}, 60_000);
