import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStream } from '../../../src/agent/sockets/read-stream.ts';

/** Both ends of a connection. */
async function connection(): Promise<{ readonly sender: Socket; readonly receiver: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // It may go on though the other end has said that it does not.
  const sender = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [receiver] = (await once(server, 'connection')) as [Socket];
  sender.on('error', () => undefined);
  onTestFinished(() => {
    sender.destroy();
    receiver.destroy();
    server.close();
  });
  return { sender, receiver };
}

describe('a connection that is read', () => {
  it('is read to what had come in when it is told to stop, and says to the sender that it ends', async () => {
    const { sender, receiver } = await connection();
    const stop = new AbortController();
    let bytes = 0;
    const reading = readStream(receiver, stop.signal, async (chunk) => {
      bytes += chunk.length;
      stop.abort();
      await delay(2);
    });
    const told = once(sender, 'end');
    sender.resume();
    sender.write(Buffer.alloc(2_000_000, 'x'));
    await reading;
    expect(bytes).toBe(2_000_000);
    await told;
    expect(receiver.destroyed).toBe(true);
  });

  it('ends though its sender goes on and on, soon after it is told to', async () => {
    const { sender, receiver } = await connection();
    const stop = new AbortController();
    const over = new AbortController();
    const sending = (async () => {
      while (!over.signal.aborted && !sender.destroyed) {
        sender.write('and on\n');
        await delay(1);
      }
    })();
    await readStream(receiver, stop.signal, () => {
      stop.abort();
      return Promise.resolve();
    });
    over.abort();
    await sending;
    expect(receiver.destroyed).toBe(true);
  });

  it('holds its sender up while what came is not taken', async () => {
    const { sender, receiver } = await connection();
    const stop = new AbortController();
    const wait = Promise.withResolvers<undefined>();
    let bytes = 0;
    const reading = readStream(receiver, stop.signal, async (chunk) => {
      bytes += chunk.length;
      await wait.promise;
    });
    const total = 100_000_000;
    sender.write(Buffer.alloc(total, 'x'));
    sender.end();
    await expect.poll(() => receiver.isPaused(), { timeout: 30_000 }).toBe(true);
    expect(bytes).toBeLessThan(1_000_000);
    wait.resolve(undefined);
    await reading;
    expect(bytes).toBe(total);
  });

  it('fails only after what came before it was taken', async () => {
    const { sender, receiver } = await connection();
    const taken: string[] = [];
    const reading = readStream(receiver, new AbortController().signal, async (chunk) => {
      taken.push(chunk.toString());
      if (taken.length > 1) return;
      sender.write('second');
      await expect.poll(() => receiver.bytesRead, { timeout: 30_000 }).toBe(11);
      receiver.destroy(new Error('reset'));
    });
    sender.write('first');
    await expect(reading).rejects.toThrow('reset');
    expect(taken).toEqual(['first', 'second']);
  });
});
