import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { lms } from '../cli/lms.ts';
import { startServe } from '../support/serve-process.ts';
import { openSystem } from '../support/worker-system.ts';

const POST = '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97';
const GET = '10.0.0.1 - - [18/Jul/2000 02:12:33 +0000] "get /a HTTP/1.1" 200 -';
const BOB = '10.0.0.2 - bob [18/Jul/2000:04:12:32 +0200] "GET / HTTP/1.0" 404 0';
const LINES = [POST, GET, BOB, BOB];

/** A server of lines, which ends with the test: CR LF here and there, split where nobody expects it. */
async function serverOfLines(): Promise<number> {
  const bytes = Buffer.from(`${POST}\r\n${GET}\n${BOB}\r\n${BOB}\n`);
  const server = createServer((socket) => {
    void (async () => {
      for (let at = 0; at < bytes.length; at += 7) {
        if (!socket.write(bytes.subarray(at, at + 7))) await once(socket, 'drain');
        await new Promise(setImmediate);
      }
      socket.end();
    })();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('lines that an agent reads from a server are found as they were, by code, method and user', async () => {
  const state = await mkdtemp(join(tmpdir(), 'lms-test-agent-'));
  onTestFinished(() => rm(state, { recursive: true }));
  const system = await openSystem(inject('emulatorHost'));
  const { stop } = await system.startWorker();
  const input = `tcp://127.0.0.1:${String(await serverOfLines())}`;
  const sent = await lms(['agent', input, '--once', '--service', 'access-log', '--state', state], system.env);
  expect([sent.status, sent.stdout]).toEqual([0, expect.stringContaining('4 entries = 4 sent + 0 refused')]);
  await expect.poll(async () => (await system.store.verify()).total.rows, { timeout: 30_000 }).toBe(4);
  await stop();

  const server = await startServe({ ...system.env, ACCESS_LOG_PORT: '0' });
  const [, url = ''] = /are at (\S+)\.\n/.exec((await server.printed(/are at .*\n/)).stdout) ?? [];
  const lines = async (query: string) =>
    z.array(z.string()).parse(await (await fetch(`${url}?${query}`)).json());
  // Most recent first, by the time that they say.
  expect(await lines('')).toEqual([GET, BOB, BOB, POST]);
  expect((await lines('')).toSorted()).toEqual(LINES.toSorted());
  expect(await lines('code=500')).toEqual([POST]);
  expect(await lines('method=Get')).toEqual([GET, BOB, BOB]);
  expect(await lines('user=-')).toEqual([GET]);
  expect(await lines('user=bob&code=404&method=GET')).toEqual([BOB, BOB]);
  expect(await lines('time__lte=2000-07-18T02:12:32Z')).toEqual([BOB, BOB, POST]);
}, 90_000);
