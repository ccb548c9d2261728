import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A network that can lose connections without a word, as a router does that forgets them: they stay open, and
 * nothing arrives.
 */
export interface FreezingNetwork {
  /** `host:port` that leads to the server. */
  readonly address: string;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Lets nothing pass any more on the connections that are open. New ones work. */
  freeze(): void;
}

/** Opens a network before the server at this port of 127.0.0.1. Ends with the test. */
export async function openFreezingNetwork(port: number): Promise<FreezingNetwork> {
  const sockets: Socket[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: '127.0.0.1', port, noDelay: true });
    client.pipe(target).pipe(client);
    // One end that is cut says nothing to the other.
    for (const socket of [client, target]) socket.on('error', () => socket.destroy());
    sockets.push(client, target);
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get connections() {
      return connections;
    },
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
