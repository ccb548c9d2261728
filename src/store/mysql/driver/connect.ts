import { connect as connectSocket, type Socket } from 'node:net';
import { type Connection, createConnection, type SslOptions } from 'mysql2';
import type { Log } from '../../../pipeline/ports.ts';
import { addressText, type MySqlAddress, type MySqlTarget } from '../../connection-target.ts';
import { driverError } from '../errors/driver-error.ts';
import { isTlsFailure, NO_TLS_OFFERED } from '../errors/explain.ts';

/** A peer that has vanished is noticed even when nothing is being sent. */
const KEEP_ALIVE_DELAY_MS = 30_000;
const KILL_TIMEOUT_MS = 3_000;
const MAX_STATEMENTS = 200;

/** How a server was last logged in to. */
type Way = 'tls' | 'plain';

/** What a connection leads to, and over what. */
interface Place {
  readonly address: MySqlAddress;
  readonly socket: Socket;
}

/** Opens connections to the servers of a target, and knows the sockets of all that are open. */
export class Connector {
  readonly #target: MySqlTarget;
  readonly #ssl: SslOptions | undefined;
  readonly #log: Log;
  readonly #sockets = new Set<Socket>();
  readonly #places = new WeakMap<Connection, Place>();
  /** For `ssl-mode=preferred`: each server by itself, since some may offer TLS and others not. */
  readonly #ways = new Map<MySqlAddress, Way>();

  constructor(target: MySqlTarget, ssl: SslOptions | undefined, log: Log) {
    this.#target = target;
    this.#ssl = ssl;
    this.#log = log;
  }

  /** A connection that is logged in; takes at most `timeoutMs`. Rejects with mysql2's own errors. */
  async connect(address: MySqlAddress, timeoutMs: number): Promise<Connection> {
    if (this.#target.sslMode !== 'preferred') return this.#logIn(address, this.#ssl, timeoutMs);
    const deadlineMs = performance.now() + timeoutMs;
    if (this.#ways.get(address) !== 'plain') {
      try {
        const connection = await this.#logIn(address, this.#ssl, timeoutMs);
        this.#ways.set(address, 'tls');
        return connection;
      } catch (error) {
        // A server that goes away in the middle of a login looks as if its TLS failed.
        const isOutage = this.#ways.get(address) === 'tls' && driverError(error).code !== NO_TLS_OFFERED;
        if (!isTlsFailure(error) || isOutage) throw error;
      }
    }
    return this.#logInPlainly(address, Math.max(1, deadlineMs - performance.now()));
  }

  async #logInPlainly(address: MySqlAddress, timeoutMs: number): Promise<Connection> {
    const wasPlain = this.#ways.get(address) === 'plain';
    // It may offer TLS the next time, and insist on it, unless this is what it takes.
    this.#ways.delete(address);
    const connection = await this.#logIn(address, undefined, timeoutMs);
    this.#ways.set(address, 'plain');
    if (!wasPlain) {
      this.#log.debug(
        { server: addressText(address) },
        'the MySQL server offers no TLS: the connection is plain, as ssl-mode=preferred allows',
      );
    }
    return connection;
  }

  #logIn(address: MySqlAddress, ssl: SslOptions | undefined, timeoutMs: number): Promise<Connection> {
    const { user, password, database } = this.#target;
    const socket = this.#open(address);
    const connection = createConnection({
      user,
      password,
      database,
      // The name that a certificate must have.
      ...('host' in address && address),
      ...(ssl !== undefined && { ssl }),
      stream: () => socket,
      connectTimeout: timeoutMs,
      charset: 'utf8mb4_bin',
      // A no-op of ON DUPLICATE KEY UPDATE must count as no row, no server may ask us for files, and
      // parameters have no names.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
      timezone: 'Z',
      dateStrings: true,
      jsonStrings: true,
      trace: false,
      // Statements by filter are of many kinds; the server keeps few for all its clients together.
      maxPreparedStatements: MAX_STATEMENTS,
    });
    // An error that nobody waits for would end the process, such as one that comes behind a login that failed.
    connection.on('error', () => undefined);
    this.#places.set(connection, { address, socket });
    return new Promise((resolve, reject) => {
      connection.connect((error) => {
        if (error === null) resolve(connection);
        else reject(error);
      });
    });
  }

  /** Ends a connection on its server, and the statement that runs on it. Rejects if that is not possible. */
  async kill(connection: Connection): Promise<void> {
    const place = this.#places.get(connection);
    if (place === undefined) return;
    const other = await this.connect(place.address, KILL_TIMEOUT_MS);
    await new Promise<void>((resolve) => {
      other.query({ sql: `KILL ${String(connection.threadId)}`, timeout: KILL_TIMEOUT_MS }, () => {
        resolve();
      });
    });
    other.destroy();
  }

  /** How much has come from the server. */
  bytesRead(connection: Connection): number {
    return this.#places.get(connection)?.socket.bytesRead ?? 0;
  }

  /** Whether the server of a connection answers another login within `timeoutMs`, and be it with a refusal. */
  async isThere(connection: Connection, timeoutMs: number): Promise<boolean> {
    const place = this.#places.get(connection);
    if (place === undefined) return false;
    try {
      const another = await this.connect(place.address, timeoutMs);
      another.destroy();
      return true;
    } catch (error) {
      return driverError(error).errno !== undefined;
    }
  }

  /** Cuts a connection: whoever waits for an answer on it learns that it is lost. */
  cut(connection: Connection): void {
    this.#places.get(connection)?.socket.destroy();
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
