import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a store and its server, to be the network that fails. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** The next COMMIT reaches the server; its reply does not come back, and the connection breaks. */
  loseNextCommitReply(): void;
  /** From now on nothing comes back from the server, as if it hung. */
  fallSilent(): void;
  /** Breaks every connection and turns new ones away, as if the server were down, until `mend`. */
  cut(): void;
  mend(): void;
}

/** A proxy on 127.0.0.1 for the server at `host:port`. The connection must be plain. */
export async function startProxy(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let losing = false;
  let silent = false;
  let isCut = false;

  const server = createServer((client) => {
    if (isCut) {
      client.on('error', () => undefined).destroy();
      return;
    }
    const upstream = connect(port, host);
    let committing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes) => {
      committing = losing && bytes.includes('COMMIT');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (committing) {
        losing = false;
        client.destroy();
        upstream.end();
      } else if (!silent) {
        client.write(bytes);
      }
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    loseNextCommitReply() {
      losing = true;
    },
    fallSilent() {
      silent = true;
    },
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
