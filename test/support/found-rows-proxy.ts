import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Someone between client and server who sets a flag that the client left out. */
export interface FoundRowsProxy extends AsyncDisposable {
  readonly port: number;
}

/** The flag CLIENT_FOUND_ROWS, in the first byte of the client's capabilities. */
const CLIENT_FOUND_ROWS = 0x02;
/** After the packet's header. */
const CAPABILITIES_AT = 4;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`, and asks for CLIENT_FOUND_ROWS in the name of
 * the client, as some proxies do. The connection must be plain.
 */
export async function startFoundRowsProxy(host: string, port: number): Promise<FoundRowsProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    // The client is the first to speak after the server's greeting: its answer is one packet.
    client.once('data', (answer) => {
      answer[CAPABILITIES_AT] = (answer[CAPABILITIES_AT] ?? 0) | CLIENT_FOUND_ROWS;
      upstream.write(answer);
      client.pipe(upstream);
    });
    upstream.pipe(client);
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
