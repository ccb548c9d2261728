import type { Socket } from 'node:net';
import { HEADER_BYTES, OK, Packets, queryPacket } from './mysql-packets.ts';
import { type SocketProxy, startSocketProxy } from './socket-proxy.ts';

const ERROR = 0xff;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`; `sql` is run first in every session. The
 * connection must be plain.
 */
export function startSessionInjector(host: string, port: number, sql: string): Promise<SocketProxy> {
  return startSocketProxy(host, port, (client, upstream) => {
    client.on('data', (bytes) => upstream.write(bytes));
    injectAfterLogin(client, upstream, sql);
  });
}

/** Hands the login's packets through, then runs `sql`; after its answer, whatever the server says goes on. */
function injectAfterLogin(client: Socket, upstream: Socket, sql: string): void {
  let isInjected = false;
  const packets = new Packets();
  const read = (bytes: Buffer) => {
    for (const packet of packets.read(bytes)) {
      const kind = packet[HEADER_BYTES];
      if (isInjected) {
        // The client is told of a refusal in place of the answer that it waits for.
        if (kind === ERROR) client.write(packet);
        upstream.off('data', read);
        upstream.pipe(client);
        client.resume();
      } else {
        client.write(packet);
        // The greeting begins with 10, and steps of the login with 1 and 254.
        isInjected = kind === OK;
        if (!isInjected) continue;
        client.pause();
        upstream.write(queryPacket(sql));
      }
    }
  };
  upstream.on('data', read);
}
