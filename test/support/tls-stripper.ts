import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Someone between client and server who makes it look as if the server had no TLS. */
export interface TlsStripper extends AsyncDisposable {
  readonly port: number;
}

/** The flag CLIENT_SSL among the server's capabilities, in the upper byte of their first half. */
const CLIENT_SSL = 0x08;

/** Stands on 127.0.0.1 before the MySQL server at `port`, and takes TLS out of its greeting. */
export async function startTlsStripper(port: number): Promise<TlsStripper> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    upstream.once('data', (greeting) => {
      const lower = capabilitiesAt(greeting) + 1;
      greeting[lower] = (greeting[lower] ?? 0) & ~CLIENT_SSL;
      client.write(greeting);
      upstream.pipe(client);
    });
    client.pipe(upstream);
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

/**
 * After the packet's header (4 bytes), the protocol's version (1), the server's version up to NUL, a thread's
 * id (4), salt (8), filler (1).
 */
function capabilitiesAt(greeting: Uint8Array): number {
  return greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
}
