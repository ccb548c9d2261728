import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Someone between client and server who says something in the name of each client that has logged in. */
export interface SessionInjector extends AsyncDisposable {
  readonly port: number;
}

const HEADER_BYTES = 4;
const COM_QUERY = 0x03;
const OK = 0x00;
const ERROR = 0xff;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`; `sql` is run first in every session. The
 * connection must be plain.
 */
export async function startSessionInjector(
  host: string,
  port: number,
  sql: string,
): Promise<SessionInjector> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    injectAfterLogin(client, upstream, sql);
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
        upstream.write(query(sql));
      }
    }
  };
  upstream.on('data', read);
}

/** Cuts what arrives into the protocol's packets. */
class Packets {
  #rest: Buffer = Buffer.alloc(0);

  read(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const packets: Buffer[] = [];
    while (this.#rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#rest.readUIntLE(0, 3);
      if (this.#rest.length < end) break;
      packets.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return packets;
  }
}

function query(sql: string): Buffer {
  const body = Buffer.from(sql);
  const header = Buffer.from([0, 0, 0, 0, COM_QUERY]);
  header.writeUIntLE(body.length + 1, 0, 3);
  return Buffer.concat([header, body]);
}
