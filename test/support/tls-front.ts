import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A server's way in with TLS, as a load balancer has it. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Listens on 127.0.0.1 with TLS and HTTP/2, and passes the bytes on to the plain server at `port`. */
export async function startTlsFront(port: number, { cert, key }: Certificate): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert, key, ALPNProtocols: ['h2'] }, (client) => {
    const upstream = connect(port, '127.0.0.1');
    sockets.add(client);
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
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
