import type { Readable } from 'node:stream';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Row } from '../../rows.ts';
import { PipelinedInsert } from './pipelined-insert.ts';
import { makeSettings } from './session-settings.ts';

/**
 * A value of a prepared statement. Text for every type: a JavaScript `Date` would cut microseconds, a number
 * 64 bits.
 */
export type Parameter = string | null;

/** Longer than any wait for a lock; a server that takes this long is hung, and the connection is given up. */
export const STATEMENT_TIMEOUT_MS = 60_000;

/** How long a session's statements may take, in milliseconds. */
export interface StatementLimits {
  /** After so long a server counts as hung, unless a statement says so itself. */
  readonly statementTimeoutMs: number;
  /**
   * After so long, shorter than the time-out, the server itself ends a statement that reads. Absent: never.
   */
  readonly statementLimitMs?: number | undefined;
}

/** For sums over large tables, which take their time. */
export const NO_TIMEOUT = 0;

/** A connection with its settings made. Rejects with mysql2's own errors. */
export class Session {
  readonly connection: Connection;
  /** INSERTs whose parameters we encode ourselves. */
  readonly pipelinedInsert: PipelinedInsert;
  readonly #timeoutMs: number;
  #maxPacketBytes = Infinity;
  #isStreaming = false;

  private constructor(connection: Connection, timeoutMs: number) {
    this.connection = connection;
    this.#timeoutMs = timeoutMs;
    this.pipelinedInsert = new PipelinedInsert(connection, (sql, values) => this.execute(sql, values));
  }

  /** Makes the settings on a fresh connection; throws DATABASE_FAILED if the server does not let us. */
  static async start(connection: Connection, limits: StatementLimits): Promise<Session> {
    const session = new Session(connection, limits.statementTimeoutMs);
    session.#maxPacketBytes = await makeSettings(session, limits.statementLimitMs ?? 0);
    return session;
  }

  /** The largest statement that the server takes, in bytes (its `max_allowed_packet`). */
  get maxPacketBytes(): number {
    return this.#maxPacketBytes;
  }

  /** Runs a statement that has no parameters and no result. */
  run(sql: string, timeout = this.#timeoutMs): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.query({ sql, timeout }, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Executes a prepared statement that changes rows; resolves to what the server says of them. */
  execute(sql: string, values: Parameter[]): Promise<ResultSetHeader> {
    return new Promise((resolve, reject) => {
      const options = { sql, timeout: this.#timeoutMs };
      this.connection.execute<ResultSetHeader>(options, values, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
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

  /** Runs a statement that is not prepared and changes rows; resolves to what the server says of them. */
  change(sql: string): Promise<ResultSetHeader> {
    return new Promise((resolve, reject) => {
      this.connection.query<ResultSetHeader>({ sql, timeout: this.#timeoutMs }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  /** The rows of a SELECT that is not prepared, and has no parameters. */
  query(sql: string): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.connection.query<RowDataPacket[]>({ sql, timeout: this.#timeoutMs }, (error, rows) => {
        if (error) reject(error);
        else resolve(rows);
      });
    });
  }

  /**
   * The rows of a SELECT one by one: only a few are in memory. The time-out is for the wait for each of them.
   */
  async *stream(sql: string, values: Parameter[], timeout = this.#timeoutMs): AsyncGenerator<Row> {
    this.#isStreaming = true;
    yield* rowsInTime(this.#rowsOf(sql, values), timeout);
    this.#isStreaming = false;
  }

  /**
   * Hands each row of a SELECT to `take` as it comes: without the cost of a stream, and without a way to have
   * the server wait. Once `take` says false no more are taken, and nothing else can be asked of this session.
   * The time-out is for the wait for each of them. Without values the statement is not prepared.
   */
  async each(sql: string, values: Parameter[] | undefined, take: (row: Row) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const { connection } = this;
    const onSilence = () => {
      reject(silence('PROTOCOL_SEQUENCE_TIMEOUT'));
    };
    const onEnd = () => {
      reject(silence('PROTOCOL_CONNECTION_LOST'));
    };
    const waiting = setTimeout(onSilence, this.#timeoutMs);
    connection.on('error', reject).on('end', onEnd);
    this.#isStreaming = true;
    let isEnough = false;
    try {
      // Throws at once on a connection that is closed.
      const rows =
        values === undefined
          ? connection.query<RowDataPacket[]>(sql)
          : connection.execute<RowDataPacket[]>(sql, values);
      rows
        .on('result', (row: unknown) => {
          waiting.refresh();
          if (isEnough || !isRow(row)) return;
          try {
            if (take(row)) return;
            resolve(false);
          } catch (error) {
            // Thrown here it would be nobody's.
            reject(error);
          }
          isEnough = true;
        })
        .on('error', reject)
        .once('end', () => {
          resolve(true);
        });
      this.#isStreaming = !(await promise);
    } finally {
      clearTimeout(waiting);
      connection.off('error', reject).off('end', onEnd);
    }
  }

  /** mysql2 tells the connection that it is lost, and a stream of rows nothing: it would wait until its time-out. */
  #rowsOf(sql: string, values: Parameter[]): Readable {
    const { connection } = this;
    const rows = connection.execute(sql, values).stream({ highWaterMark: 32 });
    const onError = (error: Error) => {
      rows.destroy(error);
    };
    const onEnd = () => {
      rows.destroy(silence('PROTOCOL_CONNECTION_LOST'));
    };
    connection.on('error', onError).on('end', onEnd);
    rows.once('close', () => connection.off('error', onError).off('end', onEnd));
    return rows;
  }

  /** Whoever read a stream left before its end: nothing else can be asked any more. */
  get isStreaming(): boolean {
    return this.#isStreaming;
  }
}

/**
 * The rows of a stream, as long as none keeps us waiting for more than `timeoutMs` (0: for ever): then it
 * fails as a statement does that timed out. How long a row is looked at does not count, for the output may be
 * slow.
 */
async function* rowsInTime(stream: Readable, timeoutMs: number): AsyncGenerator<Row> {
  const rows: AsyncIterable<Row> = stream;
  const wait = () =>
    timeoutMs === 0
      ? undefined
      : setTimeout(() => stream.destroy(silence('PROTOCOL_SEQUENCE_TIMEOUT')), timeoutMs);
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
function silence(code: string): Error {
  return Object.assign(new Error('the server sends no more rows'), { code });
}

function isRow(result: unknown): result is Row {
  return typeof result === 'object' && result !== null;
}
