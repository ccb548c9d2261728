import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { COMMIT_MOMENTS, type CommitMoment } from '../../chaos/commit-cut.ts';
import { TcpProxy } from '../../chaos/tcp-proxy.ts';
import { eventually } from '../support/eventually.ts';

const COMMIT = Buffer.from('\x07\0\0\0\x03COMMIT', 'latin1');
const OK = Buffer.from('\x07\0\0\x01\0\0\0\x02\0\0\0', 'latin1');
const NEVER = new AbortController().signal;

/** A server behind a proxy: what reached it, and the connection that it got. */
async function openServer(answer?: (socket: Socket, bytes: Buffer) => void) {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received.push(bytes);
      answer?.(socket, bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start('127.0.0.1', (server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });
  const open = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return { proxy, open, received: () => Buffer.concat(received) };
}

/** What the client got until its connection ended, however it ended. */
async function rest(socket: Socket): Promise<Buffer> {
  return buffer(socket).catch(() => Buffer.alloc(0));
}

it('passes everything on, in both directions and in order', async () => {
  const { open } = await openServer((socket, bytes) => socket.write(bytes));
  const socket = await open();
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
  socket.end(sent);
  expect((await rest(socket)).equals(sent)).toBe(true);
});

it('cuts a connection after exactly so many bytes', async () => {
  const { proxy, open, received } = await openServer();
  const cut = proxy.cutAfter(5, 'to the server', NEVER);
  const socket = await open();
  socket.write('abcdefgh');
  expect(await cut).toBe(true);
  await rest(socket);
  await eventually(() => {
    expect(received().toString()).toBe('abcde');
  });
});

it.each<[CommitMoment, number, number]>([
  ['before COMMIT', 0, 0],
  ['within COMMIT', 6, 0],
  ['after COMMIT', COMMIT.length, 0],
  ['before its OK', COMMIT.length, 0],
  ['within its OK', COMMIT.length, 6],
])('cut %s: the server gets %i bytes of it, the client %i of the answer', async (moment, sent, answered) => {
  const { proxy, open, received } = await openServer((socket, bytes) => {
    if (bytes.includes(COMMIT)) socket.write(OK);
  });
  const cut = proxy.cutCommit(moment, NEVER);
  const socket = await open();
  socket.write(COMMIT);
  const got = await rest(socket);
  expect(await cut).toBe(true);
  await eventually(() => {
    expect(received()).toEqual(COMMIT.subarray(0, sent));
  });
  expect(got).toEqual(OK.subarray(0, answered));
});

it('every moment of a COMMIT is tried above', () => {
  expect(COMMIT_MOMENTS).toHaveLength(5);
});

it('what a silent network holds back arrives when it resumes', async () => {
  const { proxy, open, received } = await openServer();
  const socket = await open();
  socket.write('a');
  await eventually(() => {
    expect(received().toString()).toBe('a');
  });
  proxy.silence();
  socket.write('b');
  const late = await open();
  late.write('c');
  expect(received().toString()).toBe('a');
  proxy.resume();
  await eventually(() => {
    expect(received().toString().split('').toSorted().join('')).toBe('abc');
  });
});

it('a fault that nothing met before the end says so', async () => {
  const { proxy } = await openServer();
  const over = new AbortController();
  const cut = proxy.cutCommit('before COMMIT', over.signal);
  over.abort();
  expect(await cut).toBe(false);
});
