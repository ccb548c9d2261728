import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands before a MySQL server as MySQL Router does. */
export interface Router {
  readonly port: number;
  /** There is no primary: connections end, and new ones are answered 2003 in place of a greeting. */
  losePrimary(): void;
  findPrimary(): void;
}

/** Error 2003, as a whole packet. */
const NO_PRIMARY = packet(2003, "#HY000Can't connect to remote MySQL server");

/** Opens a router to the server at this port. Ends with the test. */
export async function openRouter(host: string, port: number): Promise<Router> {
  const sockets = new Set<Socket>();
  let hasPrimary = true;
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    if (!hasPrimary) {
      client.end(NO_PRIMARY);
      return;
    }
    const primary = connect(port, host);
    primary.on('error', () => primary.destroy());
    client.on('close', () => primary.destroy());
    primary.on('close', () => client.destroy());
    client.pipe(primary).pipe(client);
    sockets.add(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  onTestFinished(async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  return {
    port: (server.address() as AddressInfo).port,
    losePrimary: () => {
      hasPrimary = false;
      cut();
    },
    findPrimary: () => {
      hasPrimary = true;
    },
  };
}

function packet(errno: number, text: string): Buffer {
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}
