import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Datagrams } from '../../../src/agent/sockets/datagrams.ts';
import { fakeIntake } from './fake-intake.ts';

const hasTables = await access('/proc/net/udp').then(
  () => true,
  () => false,
);

interface Receiving {
  readonly feed: Datagrams;
  readonly port: number;
  readonly received: { readonly bytes: Buffer; readonly peer: string | undefined }[];
  readonly stop: () => Promise<void>;
}

async function receivingAt(host: string): Promise<Receiving> {
  const stop = new AbortController();
  const listens = Promise.withResolvers<string>();
  const feed = new Datagrams({ host, port: 0 }, listens.resolve);
  const received: { bytes: Buffer; peer: string | undefined }[] = [];
  const message = (bytes: Buffer, peer: string | undefined) => {
    received.push({ bytes, peer });
    return Promise.resolve();
  };
  const running = feed.run(fakeIntake({ message }), stop.signal);
  const address = await listens.promise;
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { feed, port: Number(address.split(':').at(-1)), received, stop: end };
}

async function senderTo(host: string, port: number): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.connect(port, host);
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

describe('datagrams', () => {
  it.each([
    ['::', '127.0.0.1', '127.0.0.1'],
    ['::', '::1', '::1'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1', '127.0.0.1'],
  ])('at %s are taken from %s, who is called %s', async (host, from, peer) => {
    const { port, received } = await receivingAt(host);
    const sender = await senderTo(from, port);
    for (const text of ['one\ntwo\0', '']) sender.send(text);
    await expect.poll(() => received.length, { timeout: 30_000 }).toBe(2);
    expect(received.map(({ bytes, peer: by }) => [bytes.toString(), by])).toEqual([
      ['one\ntwo\0', peer],
      ['', peer],
    ]);
  });

  it.runIf(hasTables)('of a burst are taken or counted as lost, also when it is told to stop', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const { feed, port, received, stop } = await receivingAt(host);
      const sender = await senderTo(host, port);
      const total = 2_000;
      let sent = 0;
      const text = Buffer.alloc(8_000, 'x');
      // All at once: nothing is received meanwhile.
      await new Promise<void>((resolve) => {
        for (let n = 0; n < total; n += 1)
          sender.send(text, () => {
            sent += 1;
            if (sent === total) resolve();
          });
      });
      await stop();
      const { datagrams = 0, datagrams_dropped: dropped = 0 } = feed.counters;
      expect(received).toHaveLength(datagrams);
      expect(dropped).toBeGreaterThan(0);
      expect(datagrams + dropped).toBe(total);
    }
  });

  it('says why it cannot listen', async () => {
    const { port } = await receivingAt('127.0.0.1');
    const feed = new Datagrams({ host: '127.0.0.1', port }, () => undefined);
    await expect(feed.run(fakeIntake({}), new AbortController().signal)).rejects.toMatchObject({
      code: 'LISTEN',
      message: `cannot listen at 127.0.0.1:${String(port)}: another program listens there`,
    });
    const elsewhere = new Datagrams({ host: '192.0.2.1', port: 0 }, () => undefined);
    await expect(elsewhere.run(fakeIntake({}), new AbortController().signal)).rejects.toThrow(
      'this machine has no such address',
    );
  });
});
