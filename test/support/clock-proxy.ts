import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a MySQL server on which its clock is another. */
export interface ClockProxy extends AsyncDisposable {
  readonly port: number;
  /** By so much the clock is ahead, in milliseconds; from the next statement of every connection on. */
  offsetMs: number;
}

const HEADER_BYTES = 4;
const SEQUENCE_BYTE = 3;
const COM_QUERY = 0x03;
const OK = 0x00;
/** A clock that it was told stands still. */
const TOLD_AGAIN_MS = 500;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`, and tells it before a statement what time it is, if it
 * was not told a moment ago. Connections must be plain, and send one statement at a time.
 */
export async function startClockProxy(host: string, port: number): Promise<ClockProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    tellTime(client, upstream, () => proxy.offsetMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ClockProxy = {
    port: (server.address() as AddressInfo).port,
    offsetMs: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Hands everything through; once the login is over, commands wait until the server has been told the time. */
function tellTime(client: Socket, upstream: Socket, offsetMs: () => number): void {
  const [asked, answered] = [new Packets(), new Packets()];
  const waiting: Buffer[] = [];
  let isLoggedIn = false;
  let isTelling = false;
  let told = { offsetMs: 0, atMs: -Infinity };
  const next = () => {
    while (!isTelling && waiting.length > 0) {
      const now = { offsetMs: offsetMs(), atMs: Date.now() };
      isTelling = now.offsetMs !== told.offsetMs || now.atMs - told.atMs > TOLD_AGAIN_MS;
      if (!isTelling) upstream.write(waiting.shift() ?? '');
      else upstream.write(query(`SET timestamp = ${((now.atMs + now.offsetMs) / 1_000).toFixed(3)}`));
      told = isTelling ? now : told;
    }
  };
  client.on('data', (bytes: Buffer) => {
    for (const packet of asked.read(bytes)) {
      if (!isLoggedIn || packet[SEQUENCE_BYTE] !== 0) upstream.write(packet);
      else waiting.push(packet);
    }
    next();
  });
  upstream.on('data', (bytes: Buffer) => {
    for (const packet of answered.read(bytes)) {
      if (!isTelling) {
        // The greeting begins with 10, and steps of the login with 1 and 254.
        isLoggedIn ||= packet[HEADER_BYTES] === OK;
        client.write(packet);
        continue;
      }
      if (packet[HEADER_BYTES] !== OK) client.destroy();
      isTelling = false;
      next();
    }
  });
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
