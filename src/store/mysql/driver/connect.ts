import { connect as connectSocket, type Socket } from 'node:net';
import { type Connection, createConnection, type SslOptions } from 'mysql2';
import type { MySqlAddress, MySqlTarget } from '../../connection-target.ts';

/** A peer that has vanished is noticed even when nothing is being sent. */
const KEEP_ALIVE_DELAY_MS = 30_000;
const KILL_TIMEOUT_MS = 3_000;

/** Opens connections to the servers of a target, and knows the sockets of all that are open. */
export class Connector {
  readonly #target: MySqlTarget;
  readonly #ssl: SslOptions | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #addresses = new WeakMap<Connection, MySqlAddress>();

  constructor(target: MySqlTarget, ssl: SslOptions | undefined) {
    this.#target = target;
    this.#ssl = ssl;
  }

  /** A connection that is logged in; takes at most `timeoutMs`. Rejects with mysql2's own errors. */
  connect(address: MySqlAddress, timeoutMs: number): Promise<Connection> {
    const { user, password, database } = this.#target;
    const connection = createConnection({
      user,
      password,
      database,
      // The name that a certificate must have.
      ...('host' in address && address),
      ...(this.#ssl !== undefined && { ssl: this.#ssl }),
      stream: () => this.#open(address),
      connectTimeout: timeoutMs,
      charset: 'utf8mb4_bin',
      // A no-op of ON DUPLICATE KEY UPDATE must count as no row, no server may ask us for files, and
      // parameters have no names.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
      timezone: 'Z',
      dateStrings: true,
      jsonStrings: true,
      trace: false,
    });
    return new Promise((resolve, reject) => {
      connection.connect((error) => {
        if (error !== null) {
          reject(error);
          return;
        }
        this.#addresses.set(connection, address);
        resolve(connection);
      });
    });
  }

  /** Ends a connection on its server, and the statement that runs on it. Rejects if that is not possible. */
  async kill(connection: Connection): Promise<void> {
    const address = this.#addresses.get(connection);
    if (address === undefined) return;
    const other = await this.connect(address, KILL_TIMEOUT_MS);
    other.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      other.query({ sql: `KILL ${String(connection.threadId)}`, timeout: KILL_TIMEOUT_MS }, () => {
        resolve();
      });
    });
    other.destroy();
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(address: MySqlAddress): Socket {
    const place = 'host' in address ? address : { path: address.socketPath };
    const socket = connectSocket({
      ...place,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
