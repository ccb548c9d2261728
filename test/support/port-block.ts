import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below those that the system hands out for connections, so that none of a block is taken by chance later.
 */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** The first of `size` neighbouring TCP ports of 127.0.0.1 that nothing listens on. */
export async function freePortBlock(size: number): Promise<number> {
  for (;;) {
    const first = FIRST_PORT + randomInt(PORTS - size);
    if (await allFree(first, size)) return first;
  }
}

async function allFree(first: number, size: number): Promise<boolean> {
  const servers: Server[] = [];
  try {
    for (let port = first; port < first + size; port += 1) {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      servers.push(server);
    }
    return true;
  } catch {
    return false;
  } finally {
    await Promise.all(servers.map(close));
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
