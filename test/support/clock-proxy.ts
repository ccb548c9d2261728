import type { Socket } from 'node:net';
import { HEADER_BYTES, OK, Packets, queryPacket } from './mysql-packets.ts';
import { type SocketProxy, startSocketProxy } from './socket-proxy.ts';

/** A way to a MySQL server on which its clock is another. */
export interface ClockProxy extends SocketProxy {
  /** By so much the clock is ahead, in milliseconds; from the next statement of every connection on. */
  offsetMs: number;
}

const SEQUENCE_BYTE = 3;
/** A clock that it was told stands still. */
const TOLD_AGAIN_MS = 500;

/**
 * Stands on 127.0.0.1 before the MySQL server at `host:port`, and tells it before a statement what time it is, if it
 * was not told a moment ago. Connections must be plain, and send one statement at a time.
 */
export async function startClockProxy(host: string, port: number): Promise<ClockProxy> {
  const clock = { offsetMs: 0 };
  const proxy = await startSocketProxy(host, port, (client, upstream) => {
    tellTime(client, upstream, () => clock.offsetMs);
  });
  return Object.assign(clock, proxy);
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
      else upstream.write(queryPacket(`SET timestamp = ${((now.atMs + now.offsetMs) / 1_000).toFixed(3)}`));
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
