import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type Pool as DriverPool, type PoolConnection, type SslOptions } from 'mysql2';
import { LmsError } from '../../../errors/catalogue.ts';
import type { MySqlTarget } from '../../connection-target.ts';
import { Session } from './session.ts';
import { leavesConnectionUsable } from '../errors/classify.ts';
import { ConnectError } from '../errors/driver-error.ts';

/** How long `close` waits for the server to say goodbye. */
const CLOSE_TIMEOUT_MS = 2_000;
/** A peer that has vanished is noticed even when nothing is being sent. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/** How many sessions there may be at once, and how long a statement may take. */
export interface PoolLimits {
  readonly connections: number;
  readonly statementTimeoutMs: number;
}

/** A bounded number of sessions, opened when they are needed. Rejects with mysql2's own errors, with a `ConnectError`, or with what `Session.start` says. */
export class Pool {
  readonly #pool: DriverPool;
  readonly #sessions = new WeakMap<PoolConnection, Session>();
  readonly #sockets = new Set<Socket>();
  readonly #statementTimeoutMs: number;
  #closed: Promise<void> | undefined;

  constructor(
    target: MySqlTarget,
    ssl: SslOptions | undefined,
    { connections, statementTimeoutMs }: PoolLimits,
  ) {
    this.#statementTimeoutMs = statementTimeoutMs;
    this.#pool = createPool({
      user: target.user,
      password: target.password,
      database: target.database,
      host: target.host,
      port: target.port,
      ...(ssl !== undefined && { ssl }),
      stream: () => this.#connect(target),
      connectionLimit: connections,
      charset: 'utf8mb4_bin',
      // A no-op of ON DUPLICATE KEY UPDATE must count as no row, no server may ask us for files, and parameters have no names.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
      timezone: 'Z',
      dateStrings: true,
      jsonStrings: true,
      trace: false,
    });
  }

  /**
   * Lends a session to `work`, alone. After an error the session comes back without a transaction, or not at all.
   */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.acquire();
    try {
      const result = await work(session);
      this.release(session);
      return result;
    } catch (error) {
      await this.#abandon(session, error);
      throw error;
    }
  }

  /** Lends a session until `release` or `discard`; waits while all are lent. */
  async acquire(): Promise<Session> {
    const connection = await this.#connection();
    const known = this.#sessions.get(connection);
    if (known !== undefined) return known;
    // The pool reads 'error' once; a second one would end the process.
    connection.on('error', () => undefined);
    try {
      const session = await Session.start(connection, this.#statementTimeoutMs);
      this.#sessions.set(connection, session);
      return session;
    } catch (error) {
      connection.destroy();
      throw error instanceof LmsError ? error : new ConnectError(error);
    }
  }

  /** Takes back a session that has no open transaction. */
  release({ connection }: Session): void {
    connection.release();
  }

  /** Takes back a session in an unknown state: the server rolls back whatever was open in it. */
  discard({ connection }: Session): void {
    connection.destroy();
  }

  /** Says goodbye to the server; cuts what does not answer. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  #connection(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error) reject(new ConnectError(error));
        else resolve(connection);
      });
    });
  }

  async #abandon(session: Session, error: unknown): Promise<void> {
    if (!leavesConnectionUsable(error)) {
      this.discard(session);
      return;
    }
    try {
      await session.run('ROLLBACK');
      this.release(session);
    } catch {
      this.discard(session);
    }
  }

  #connect({ host, port }: MySqlTarget): Socket {
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  async #end(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#pool.end(() => {
        resolve();
      });
    });
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    for (const socket of this.#sockets) socket.destroy();
  }
}
