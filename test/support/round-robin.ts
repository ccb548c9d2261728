import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Stands before servers, and gives each connection to the next of them. */
export interface RoundRobin {
  readonly url: string;
  /** The ports that it knows. */
  readonly ports: Set<number>;
  /** How many connections each port was given. */
  readonly given: ReadonlyMap<number, number>;
  /** Every connection ends, as when the proxy is restarted. */
  cut(): void;
}

/** Opens one. Ends with the test. */
export async function openRoundRobin(): Promise<RoundRobin> {
  const ports = new Set<number>();
  const given = new Map<number, number>();
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer((client) => {
    const all = [...ports];
    const port = all[next % Math.max(1, all.length)];
    next += 1;
    client.on('error', () => client.destroy());
    if (port === undefined) {
      client.destroy();
      return;
    }
    given.set(port, (given.get(port) ?? 0) + 1);
    const target = connect(port, '127.0.0.1');
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
    client.pipe(target).pipe(client);
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, ports, given, cut };
}
