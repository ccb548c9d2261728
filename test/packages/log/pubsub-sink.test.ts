import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { pubSubSink } from '../../../packages/log/src/pubsub-sink.ts';

it('makes no connection once it was closed while it signed in', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    onTestFinished(() => void socket.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sink = pubSubSink({ topic: 't', emulatorHost: `127.0.0.1:${port}`, timeoutMs: 1_000 });
  const giveUp = new AbortController();
  const sending = sink.send([Buffer.from('{}')], giveUp.signal);
  giveUp.abort();
  sink.close();
  await expect(sending).rejects.toThrow('aborted');
  expect(connections).toBe(0);
});
