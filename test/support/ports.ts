import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const FIRST_QUIET_PORT = 20_000;
const QUIET_PORTS = 10_000;

/**
 * The first of two neighbouring ports that nothing listens on, below those that the system hands out for
 * connections.
 */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const port = FIRST_QUIET_PORT + randomInt(QUIET_PORTS);
    const taken = await Promise.all([accepts('127.0.0.1', port), accepts('127.0.0.1', port + 1)]);
    if (!taken.includes(true)) return port;
  }
}

/** Resolves once something accepts connections at host and port; rejects when `signal` aborts. */
export async function listening(host: string, port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(host, port))) await delay(50, undefined, { signal });
}

async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
