import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { LmsError } from '../../errors/catalogue.ts';

/**
 * Listens on a port and hands connections over. Unlike gRPC's own listening, it can cut all connections and
 * come back on the same port.
 */
export class Listener {
  readonly host: string;
  readonly #accept: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number;

  constructor(host: string, port: number, accept: (socket: Socket) => void) {
    this.host = host;
    this.#port = port;
    this.#accept = accept;
  }

  /** The port, known once it has been opened for the first time. */
  get port(): number {
    return this.#port;
  }

  /**
   * Resolves once connections are accepted. Rejects with `LmsError` LISTEN if the address cannot be listened
   * on.
   */
  async open(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#accept(socket);
    });
    server.listen(this.#port, this.host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw cannotListen(`${this.host}:${String(this.#port)}`, error);
    }
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Cuts all connections; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Cuts all connections and accepts none. Idempotent. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }
}

function cannotListen(address: string, error: unknown): LmsError {
  return new LmsError('LISTEN', `cannot listen on ${address}: ${reason(error)}`, { cause: error });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
}
