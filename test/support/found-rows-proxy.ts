import { HEADER_BYTES } from './mysql-packets.ts';
import { type SocketProxy, startSocketProxy } from './socket-proxy.ts';

/** The flag CLIENT_FOUND_ROWS, in the first byte of the client's capabilities. */
const CLIENT_FOUND_ROWS = 0x02;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`, and asks for CLIENT_FOUND_ROWS in the name of
 * the client, as some proxies do. The connection must be plain.
 */
export function startFoundRowsProxy(host: string, port: number): Promise<SocketProxy> {
  return startSocketProxy(host, port, (client, upstream) => {
    // The client is the first to speak after the server's greeting: its answer is one packet.
    client.once('data', (answer) => {
      answer[HEADER_BYTES] = (answer[HEADER_BYTES] ?? 0) | CLIENT_FOUND_ROWS;
      upstream.write(answer);
      client.pipe(upstream);
    });
    upstream.pipe(client);
  });
}
