import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Someone between clients and a server. */
export interface SocketProxy extends AsyncDisposable {
  readonly port: number;
}

/**
 * Stands on 127.0.0.1 before the server at `host:port`. `join` says what becomes of what a client and the server send
 * each other; where one goes, the other does.
 */
export async function startSocketProxy(
  host: string,
  port: number,
  join: (client: Socket, upstream: Socket) => void,
): Promise<SocketProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    join(client, upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
