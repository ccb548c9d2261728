import { LmsError } from '../../../errors/catalogue.ts';
import type { StoredEntry } from '../../../logs/entry.ts';
import type {
  EntryKey,
  EntryReader,
  KeyCount,
  MinuteCount,
  MinuteRange,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
  RangeSum,
  Selection,
  SumsRequest,
  TagPath,
  WordParts,
  WordPartsRequest,
} from '../../../query/answers/ports.ts';
import type { Processes } from '../../../query/answers/processes.ts';
import { storedEntry } from '../../columns.ts';
import type { Sql } from '../../filter-sql.ts';
import { allOf } from '../../filter-sql.ts';
import { RangeSums } from '../../range-sums.ts';
import { KEY_COUNTS, keyCount, lastInOrder, minuteCount, rangeCount, rangeCountsSql } from '../../reading.ts';
import { count, text } from '../../rows.ts';
import { minuteOrderSql, minutesSql, selectionSql } from '../../stretch-sql.ts';
import type { Pool } from '../driver/pool.ts';
import type { Session } from '../driver/session.ts';
import { isConnectionLost } from '../errors/classify.ts';
import { driverError } from '../errors/driver-error.ts';
import { readProcesses } from '../processes.ts';
import { TRUSTED } from '../rollups/trust.ts';
import { TagCatalogue } from '../tags/catalogue.ts';
import { indexedParts } from '../words.ts';
import { readEntries } from './read-entries.ts';
import {
  countOfPiece,
  endOfPiece,
  endsOfServices,
  rowsOfPiece,
  type ServedRequest,
  STORED_TEXTS,
  whereSql,
} from './statements.ts';
import { tagPiece } from './tag-piece.ts';

const ENTRY = `SELECT ${STORED_TEXTS} FROM service_logs WHERE \`timestamp\` = ? AND event_id = ?`;
const COUNT_COLUMNS = 'CAST(`minute` AS CHAR) AS `minute`, service_name, severity, `count` AS counted';
/** Of ASCII alone. */
const ASCII = /^\p{ASCII}*$/u;
/** Rows of each service and severity that a piece looks at, at least, if it may. */
const MIN_ROWS_OF_PAIR = 100;
const BY_KEY = { kind: 'key' } as const;
/** Unknown columns and keys. */
const INDEX_GONE = new Set([1054, 1176]);
/** Where the server takes too long for so few rows, fewer do not help. */
const MIN_ROWS = 10;
/** Not to use sums is always right: so long it is not asked again whether they are. */
const NO_SUMS_MS = 1_000;
/** A table or column that a later migration makes, or that the user may not see. */
const NOT_THERE: ReadonlySet<unknown> = new Set([1054, 1142, 1143, 1146]);

/** Reads entries from MySQL, on connections of its own. */
export class MySqlEntryReader implements EntryReader {
  readonly #pool: Pool;
  readonly #explain: (error: unknown) => LmsError;
  readonly #tags = new TagCatalogue();
  #noSumsUntilMs = 0;

  /** The pool is the reader's to close. */
  constructor(pool: Pool, explain: (error: unknown) => LmsError) {
    this.#pool = pool;
    this.#explain = explain;
  }

  /** A piece that the server has ended by its limit is tried again with half of the rows. */
  async piece(request: PieceRequest, signal: AbortSignal): Promise<Piece> {
    for (let reducedToRows: number | undefined; ;) {
      try {
        const piece = await this.#piece({ ...request, maxRows: reducedToRows ?? request.maxRows }, signal);
        return { ...piece, reducedToRows };
      } catch (error) {
        const rows = reducedToRows ?? request.maxRows ?? request.maxEntries;
        if (!(error instanceof LmsError) || error.code !== 'DATABASE_TOO_SLOW' || rows <= MIN_ROWS)
          throw error;
        reducedToRows = Math.max(MIN_ROWS, Math.ceil(rows / 2));
      }
    }
  }

  #piece(request: PieceRequest, signal: AbortSignal): Promise<Piece> {
    return this.#use(signal, async (session) => {
      const { path } = request;
      if (path.kind !== 'tags') return servedPiece(session, { ...request, path });
      const found = await this.#tagPiece(session, request, path);
      if (found !== undefined) return found;
      const { selection } = path;
      const other = selection ? ({ kind: 'services', ...selection } as const) : BY_KEY;
      return servedPiece(session, { ...request, path: other });
    });
  }

  /** An index may have been dropped since a reader heard of it. */
  async #tagPiece(session: Session, request: PieceRequest, path: TagPath): Promise<Piece | undefined> {
    try {
      return await tagPiece(session, request, path, await this.#tags.read(session));
    } catch (error) {
      if (!INDEX_GONE.has(driverError(error).errno ?? 0)) throw error;
      return tagPiece(session, request, path, await this.#tags.read(session, { anew: true }));
    }
  }

  async entry({ timestamp, eventId }: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    // No row has another id, and MariaDB compares the column with no other text.
    if (!ASCII.test(eventId)) return undefined;
    return this.#use(signal, async (session) => {
      const [row] = await session.select(ENTRY, [timestamp, eventId]);
      return row && storedEntry(row);
    });
  }

  indexedTags(signal: AbortSignal): Promise<readonly string[]> {
    return this.#use(signal, async (session) => (await this.#tags.read(session)).map(({ tag }) => tag));
  }

  keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]> {
    return this.#use(signal, async (session) => (await session.select(KEY_COUNTS)).map(keyCount));
  }

  minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    return this.#use(signal, async (session) => {
      const end = await lastMinute(session, request);
      const where = allOf([minutesSql(request, end), selectionSql(request)]);
      const sql = `SELECT ${COUNT_COLUMNS} FROM service_severity_minutes ${whereSql(where)} ${minuteOrderSql(request)}`;
      const counts: MinuteCount[] = (await session.select(sql, [...where.values])).map(minuteCount);
      return { counts, end, countsRead: end === undefined ? counts.length : request.maxCounts };
    });
  }

  lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined> {
    return this.#use(signal, (session) => lastMinute(session, request));
  }

  rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    return this.#use(signal, async (session) => {
      const sql = rangeCountsSql(ranges);
      return (await session.select(sql.text, [...sql.values])).map(rangeCount);
    });
  }

  /** Where the tables have no sums, or they were not right a moment ago, they are not asked for. */
  async rangeSums(request: SumsRequest, signal: AbortSignal): Promise<readonly RangeSum[] | undefined> {
    if (performance.now() < this.#noSumsUntilMs) return undefined;
    const found = await this.#use(signal, (session) => rangeSumsIfThere(session, request));
    if (found === undefined) this.#noSumsUntilMs = performance.now() + NO_SUMS_MS;
    return found;
  }

  wordParts(request: WordPartsRequest, signal: AbortSignal): Promise<WordParts | undefined> {
    return this.#use(signal, (session) => indexedParts(session, request));
  }

  processes(signal: AbortSignal): Promise<Processes> {
    return this.#use(signal, readProcesses);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * Lends a session. Aborted, the statement that runs on it is ended, on the server too. What was asked on a
   * connection that is lost is asked once more, of whatever server answers then.
   */
  async #use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await this.#pool.useUntil(signal, work).catch((error: unknown) => {
        if (signal.aborted || !isConnectionLost(error)) throw error;
        return this.#pool.useUntil(signal, work);
      });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#explain(error);
    }
  }
}

/** A piece by the key, or by the index of services. */
async function servedPiece(session: Session, request: ServedRequest): Promise<Piece> {
  const { end, rowsRead } = await endOf(session, request);
  const { entries, isCut } = await readEntries(session, rowsOfPiece(request, end));
  const isFull = isCut || entries.length === request.maxEntries;
  const last = isFull ? entries.at(-1) : end;
  const key = last && keyOf(last);
  const read = rowsRead ?? (await countRows(session, request, key)) ?? entries.length;
  return { entries, end: key, rowsRead: read };
}

/** Where a piece ends so that it has no more rows than it may; no end if that is all of its stretch. */
async function endOf(
  session: Session,
  { stretch, path, maxRows }: ServedRequest,
): Promise<{ readonly end: EntryKey | undefined; readonly rowsRead: number | undefined }> {
  if (path.kind === 'key') {
    if (maxRows === undefined) return { end: undefined, rowsRead: undefined };
    const [end] = await readKeys(session, endOfPiece(stretch, maxRows));
    return { end, rowsRead: end === undefined ? undefined : maxRows };
  }
  const pairs = pairsOf(path);
  const fewest = Math.min(MIN_ROWS_OF_PAIR, maxRows ?? MIN_ROWS_OF_PAIR);
  const rows = Math.max(fewest, Math.ceil((maxRows ?? 0) / pairs.length));
  const ends = await readKeys(session, endsOfServices(stretch, pairs, rows));
  // Behind the first of these ends, rows of that service would be missing.
  const end =
    ends.length === 0 ? undefined : lastInOrder(ends, stretch.order === 'newest' ? 'oldest' : 'newest');
  return { end, rowsRead: end === undefined ? undefined : rows * pairs.length };
}

/** Undefined if the piece was not bound: then the database looked at no row beside those that it found. */
async function countRows(
  session: Session,
  request: ServedRequest,
  end: EntryKey | undefined,
): Promise<number | undefined> {
  if (request.maxRows === undefined) return undefined;
  const { text: sql, values } = countOfPiece(request, end);
  const [row] = await session.select(sql, [...values]);
  return row && count(row, 'counted');
}

function pairsOf({ services, severities }: Selection): Selection[] {
  return services.flatMap((service) =>
    severities.map((severity) => ({ services: [service], severities: [severity] })),
  );
}

/** Undefined where they are not right, the tables are of a release before, or the user has no right to some. */
async function rangeSumsIfThere(
  session: Session,
  request: SumsRequest,
): Promise<readonly RangeSum[] | undefined> {
  const sums = new RangeSums(request, { trusted: TRUSTED, hasServiceSums: true });
  const { text: sql, values } = sums.sql;
  try {
    await session.each(sql, [...values], (row) => {
      sums.take(row);
      return true;
    });
    return sums.sums;
  } catch (error) {
    if (NOT_THERE.has(driverError(error).errno)) return undefined;
    throw error;
  }
}

async function readKeys(session: Session, sql: Sql): Promise<EntryKey[]> {
  const rows = await session.select(sql.text, [...sql.values]);
  return rows.map((row) => ({ timestamp: text(row, 'timestamp'), eventId: text(row, 'event_id') }));
}

async function lastMinute(session: Session, request: MinutesRequest): Promise<string | undefined> {
  const where = minutesSql(request);
  const sql = `SELECT CAST(\`minute\` AS CHAR) AS \`minute\` FROM service_severity_minutes ${whereSql(where)}
    ${minuteOrderSql(request)} LIMIT 1 OFFSET ${request.maxCounts - 1}`;
  const [row] = await session.select(sql, [...where.values]);
  return row && text(row, 'minute');
}

function keyOf({ timestamp, eventId }: EntryKey): EntryKey {
  return { timestamp, eventId };
}
