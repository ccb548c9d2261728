import type { Readable } from 'node:stream';
import type { Connection, PrepareStatementInfo, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Row } from '../../rows.ts';
import { ExecutePacket } from './execute-packet.ts';

/** A value of a prepared statement. Text for every type: a JavaScript `Date` would cut microseconds, a number 64 bits. */
export type Parameter = string | null;

/** Longer than any wait for a lock; a server that takes this long is hung, and the connection is given up. */
export const STATEMENT_TIMEOUT_MS = 60_000;

/** Enough for statements of messages of 1 KB. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** For sums over large tables, which take their time. */
export const NO_TIMEOUT = 0;

/**
 * Makes every connection the same, whatever the server's defaults are. UTC, so that `created_at` is; READ COMMITTED, because
 * gap locks deadlock writers; TRADITIONAL is strict mode: what does not fit is an error and never cut.
 */
const SETTINGS = [
  `SET NAMES utf8mb4 COLLATE utf8mb4_bin, time_zone = '+00:00', sql_mode = 'TRADITIONAL',
    autocommit = 1, innodb_lock_wait_timeout = 20`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** A connection with its settings made. Rejects with mysql2's own errors. */
export class Session {
  readonly connection: Connection;
  readonly #encoded: ExecutePacket;
  readonly #prepared = new Set<string>();
  #rooms: readonly [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  readonly #timeoutMs: number;
  #maxPacketBytes = Infinity;

  private constructor(connection: Connection, timeoutMs: number) {
    this.connection = connection;
    this.#encoded = new ExecutePacket(connection);
    this.#timeoutMs = timeoutMs;
  }

  /** Makes the settings on a fresh connection. No statement may take longer than `timeoutMs`, unless it says so itself. */
  static async start(connection: Connection, timeoutMs: number): Promise<Session> {
    const session = new Session(connection, timeoutMs);
    for (const setting of SETTINGS) await session.run(setting);
    const [row] = await session.select('SELECT @@max_allowed_packet AS bytes');
    session.#maxPacketBytes = Number(row?.['bytes']);
    return session;
  }

  /** The largest statement that the server takes, in bytes (its `max_allowed_packet`). */
  get maxPacketBytes(): number {
    return this.#maxPacketBytes;
  }

  /** Runs a statement that has no parameters and no result. */
  run(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.query({ sql, timeout: this.#timeoutMs }, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Executes a prepared INSERT; resolves to the server's `affectedRows`. */
  insert(sql: string, values: Parameter[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = { sql, timeout: this.#timeoutMs };
      this.connection.execute<ResultSetHeader>(options, values, (error, result) => {
        if (error) reject(error);
        else resolve(result.affectedRows);
      });
    });
  }

  /** As `insert`, with a packet as `EncodedParameters.use` takes it. */
  async insertEncoded(sql: string, packet: Buffer): Promise<number> {
    if (!this.#prepared.has(sql)) await this.#prepare(sql);
    return this.#encoded.use(packet, () => this.insert(sql, []));
  }

  /**
   * Prepares a statement whose parameters the driver need not know: it would keep a description of each, which for all that a
   * connection prepares is 14,000 objects.
   */
  async #prepare(sql: string): Promise<void> {
    const statement = await new Promise<PrepareStatementInfo>((resolve, reject) => {
      this.connection.prepare(sql, (error, prepared) => {
        if (error) reject(error);
        else resolve(prepared);
      });
    });
    Object.assign(statement, { parameters: [] });
    this.#prepared.add(sql);
  }

  /**
   * Room for a packet of this size. Two of them in turn, so that one can be encoded while the other is on its way; new ones each
   * time would be most of what memory is asked for. A large one is not kept.
   */
  room(bytes: number): Buffer {
    if (bytes > MAX_KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const [other, last] = this.#rooms;
    const room = other.length < bytes ? Buffer.allocUnsafeSlow(bytes) : other;
    this.#rooms = [last, room];
    return room;
  }

  /** Executes a prepared SELECT. */
  select(sql: string, values: Parameter[] = [], timeout = this.#timeoutMs): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.connection.execute<RowDataPacket[]>({ sql, timeout }, values, (error, rows) => {
        if (error) reject(error);
        else resolve(rows);
      });
    });
  }

  /**
   * The rows of a SELECT one by one: only a few are in memory. The time-out is for the wait for each of them. Whoever stops
   * early must discard the session.
   */
  stream(sql: string, values: Parameter[], timeout = this.#timeoutMs): AsyncIterable<Row> {
    return rowsInTime(this.connection.query(sql, values).stream({ highWaterMark: 32 }), timeout);
  }
}

/**
 * The rows of a stream, as long as none keeps us waiting for more than `timeoutMs` (0: for ever): then it fails as a statement
 * does that timed out. How long a row is looked at does not count, for the output may be slow.
 */
async function* rowsInTime(stream: Readable, timeoutMs: number): AsyncGenerator<Row> {
  const rows: AsyncIterable<Row> = stream;
  const wait = () => (timeoutMs === 0 ? undefined : setTimeout(() => stream.destroy(silence()), timeoutMs));
  let waiting = wait();
  try {
    for await (const row of rows) {
      clearTimeout(waiting);
      yield row;
      waiting = wait();
    }
  } finally {
    clearTimeout(waiting);
  }
}

/** As mysql2 says it of other statements. */
function silence(): Error {
  return Object.assign(new Error('the server sends no more rows'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
}
