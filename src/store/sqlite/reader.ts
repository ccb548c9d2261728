import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { LmsError } from '../../errors/catalogue.ts';
import type { StoredEntry } from '../../logs/entry.ts';
import type {
  AccessPath,
  EntryKey,
  EntryReader,
  KeyCount,
  MinuteRange,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
  RangeSum,
  Stretch,
  SumsRequest,
  TagPath,
  WordParts,
  WordPartsRequest,
} from '../../query/answers/ports.ts';
import type { Processes } from '../../query/answers/processes.ts';
import { STORED_COLUMNS, storedEntry } from '../columns.ts';
import { allOf, filterSql, type Sql, TRUE } from '../filter-sql.ts';
import { RangeSums } from '../range-sums.ts';
import {
  entryBytes,
  KEY_COUNTS,
  keyCount,
  MAX_PIECE_BYTES,
  minuteCount,
  rangeCount,
  rangeCountsSql,
} from '../reading.ts';
import { count, type Row, text } from '../rows.ts';
import { minuteOrderSql, minutesSql, orderSql, selectionSql, stretchSql } from '../stretch-sql.ts';
import { TagIntersection, tagPieceOf, type TagSql } from '../tags/tag-path.ts';
import { readWordParts } from '../words/parts.ts';
import { SQLITE } from './dialect.ts';
import { tablesVersion } from './migrations.ts';
import { readProcesses } from './processes.ts';
import { knownTags } from './tag-indexes.ts';
import { SQLITE_WORDS, SqliteWords } from './words.ts';

const MAX_ROWS = 20_000;
/** Else the library takes all rows of a service that a filter names, and sorts them, for each piece. */
const BY_KEY = 'INDEXED BY sqlite_autoindex_service_logs_1';
/** The ways that the tables have from the beginning. */
type ServedPath = Exclude<AccessPath, TagPath>;

const BY_KEY_PATH = { kind: 'key' } as const;
const TAG_SQL: TagSql = {
  from: (index, alias) => `service_logs ${alias === undefined ? '' : `AS ${alias} `}INDEXED BY \`${index}\``,
  time: (column) => column,
  join: 'CROSS JOIN',
  key: 'sqlite_autoindex_service_logs_1',
  columns: STORED_COLUMNS,
  ordersServices: true,
};
const HAS_SUMS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'lms_rollups'";
const ENTRY = `SELECT ${STORED_COLUMNS} FROM service_logs WHERE timestamp = ? AND event_id = ?`;

/** Reads entries from a SQLite file. The library blocks the process for as long as a piece takes. */
export class SqliteEntryReader implements EntryReader {
  readonly #file: DatabaseSync;
  readonly #explain: (error: unknown) => LmsError;
  #isClosed = false;

  /** The file is the reader's to close. */
  constructor(file: DatabaseSync, explain: (error: unknown) => LmsError) {
    this.#file = file;
    this.#explain = explain;
  }

  piece(request: PieceRequest, signal: AbortSignal): Promise<Piece> {
    return this.#run(signal, () => {
      const { path } = request;
      if (path.kind !== 'tags') return this.#servedPiece(request, path);
      const { selection } = path;
      const found = this.#tagPiece(request, path);
      const other = selection ? ({ kind: 'services', ...selection } as const) : BY_KEY_PATH;
      return found ?? this.#servedPiece(request, other);
    });
  }

  #servedPiece(request: PieceRequest, path: ServedPath): Piece {
    const { stretch, maxRows } = request;
    // The rows of other services between those are read, too.
    const rows = path.kind === 'key' ? maxRows : (maxRows ?? MAX_ROWS);
    const end = rows === undefined ? undefined : this.#endOfPiece(request, rows);
    const condition = allOf([
      stretchSql(stretch, end),
      filterSql(request.filter, SQLITE),
      ...(path.kind === 'services' ? [selectionSql(path)] : []),
    ]);
    const { entries, isCut } = this.#read(request, path, condition);
    const last = isCut ? entries.at(-1) : end;
    const key = last && { timestamp: last.timestamp, eventId: last.eventId };
    const rowsRead =
      rows === undefined ? entries.length : end === undefined ? this.#count(stretch, key) : rows;
    return { entries, end: key, rowsRead };
  }

  /** Undefined if there are no such indexes any more. The file's catalogue is in memory: looked at each time. */
  #tagPiece(request: PieceRequest, path: TagPath): Piece | undefined {
    const intersection = new TagIntersection(request, path, knownTags(this.#file), TAG_SQL);
    if (!intersection.isPossible) return undefined;
    const end = this.#endOfTags(intersection);
    return tagPieceOf(this.#entries(intersection.rows(end)), request, end);
  }

  #endOfTags(intersection: TagIntersection): EntryKey | undefined {
    if (!intersection.isToBeSampled) return undefined;
    const sampled = intersection.takeSample(this.#all(intersection.sample));
    return sampled === undefined ? intersection.takeEnd(this.#all(intersection.end)) : (sampled ?? undefined);
  }

  entry({ timestamp, eventId }: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    return this.#run(signal, () => {
      const row = this.#file.prepare(ENTRY).get(timestamp, eventId);
      return row && storedEntry(row);
    });
  }

  indexedTags(signal: AbortSignal): Promise<readonly string[]> {
    return this.#run(signal, () => knownTags(this.#file).map(({ tag }) => tag));
  }

  keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]> {
    return this.#run(signal, () => this.#all({ text: KEY_COUNTS, values: [] }).map(keyCount));
  }

  minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    return this.#run(signal, () => {
      const end = this.#lastMinute(request);
      const where = allOf([minutesSql(request, end), selectionSql(request)]);
      const counts = this.#all({
        text: `SELECT minute, service_name, severity, \`count\` AS counted FROM service_severity_minutes ${whereSql(where)} ${minuteOrderSql(request)}`,
        values: where.values,
      }).map(minuteCount);
      return { counts, end, countsRead: end === undefined ? counts.length : request.maxCounts };
    });
  }

  lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined> {
    return this.#run(signal, () => this.#lastMinute(request));
  }

  rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    return this.#run(signal, () => this.#all(rangeCountsSql(ranges)).map(rangeCount));
  }

  /** The file itself keeps the sums; one of a release before has none. */
  rangeSums(request: SumsRequest, signal: AbortSignal): Promise<readonly RangeSum[] | undefined> {
    return this.#run(signal, () => {
      if (this.#file.prepare(HAS_SUMS).get() === undefined) return undefined;
      const sums = new RangeSums(request, { trusted: undefined, hasServiceSums: false });
      for (const row of this.#all(sums.sql)) sums.take(row);
      return sums.sums;
    });
  }

  wordParts(request: WordPartsRequest, signal: AbortSignal): Promise<WordParts | undefined> {
    return this.#run(signal, () =>
      isIndexed(this.#file)
        ? new SqliteWords(this.#file).snapshot((session) => readWordParts(session, SQLITE_WORDS, request))
        : undefined,
    );
  }

  processes(signal: AbortSignal): Promise<Processes> {
    return this.#run(signal, () => readProcesses(this.#file));
  }

  close(): Promise<void> {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
    return Promise.resolve();
  }

  #lastMinute(request: MinutesRequest): string | undefined {
    const range = minutesSql(request);
    const [last] = this.#all({
      text: `SELECT minute FROM service_severity_minutes ${whereSql(range)} ${minuteOrderSql(request)} LIMIT 1 OFFSET ${request.maxCounts - 1}`,
      values: range.values,
    });
    return last && text(last, 'minute');
  }

  #endOfPiece({ stretch }: PieceRequest, rows: number): EntryKey | undefined {
    const where = stretchSql(stretch);
    const [row] = this.#all({
      text: `SELECT timestamp, event_id FROM service_logs ${whereSql(where)} ${orderSql(stretch)} LIMIT 1 OFFSET ${rows - 1}`,
      values: where.values,
    });
    return row && { timestamp: text(row, 'timestamp'), eventId: text(row, 'event_id') };
  }

  /** How many rows a piece has. */
  #count(stretch: Stretch, end: EntryKey | undefined): number {
    const where = stretchSql(stretch, end);
    const sql = `SELECT COUNT(*) AS counted FROM service_logs ${whereSql(where)}`;
    const [row] = this.#all({ text: sql, values: where.values });
    return row === undefined ? 0 : count(row, 'counted');
  }

  #read(
    { stretch, maxEntries }: PieceRequest,
    path: ServedPath,
    where: Sql,
  ): { readonly entries: StoredEntry[]; readonly isCut: boolean } {
    const by = path.kind === 'key' ? BY_KEY : '';
    const sql = `SELECT ${STORED_COLUMNS} FROM service_logs ${by} ${whereSql(where)} ${orderSql(stretch)} LIMIT ${maxEntries}`;
    const { entries, isCut } = this.#entries({ text: sql, values: where.values });
    return { entries, isCut: isCut || entries.length === maxEntries };
  }

  /** Rows until they are all read or so large together that they are enough. */
  #entries({ text: sql, values }: Sql): { readonly entries: StoredEntry[]; readonly isCut: boolean } {
    const entries: StoredEntry[] = [];
    let bytes = 0;
    for (const row of this.#file.prepare(sql).iterate(...values)) {
      const entry = storedEntry(row);
      entries.push(entry);
      bytes += entryBytes(entry);
      if (bytes > MAX_PIECE_BYTES) return { entries, isCut: true };
    }
    return { entries, isCut: false };
  }

  #all({ text: sql, values }: Sql): Row[] {
    const statement = this.#file.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...values);
  }

  /** Other work of the process goes first; then nothing can abort it. */
  async #run<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    await otherWork();
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw this.#explain(error);
    }
  }
}

/** The migration that made the tables of the index. */
const INDEX_VERSION = 6;

function isIndexed(file: DatabaseSync): boolean {
  return tablesVersion(file).version >= INDEX_VERSION;
}

function whereSql(condition: Sql): string {
  return condition === TRUE ? '' : `WHERE ${condition.text}`;
}
