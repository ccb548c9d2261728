import type { LogEntry } from '../../src/logs/entry.ts';
import type {
  EntryKey,
  EntryReader,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
  RangeSum,
  SumsRequest,
} from '../../src/query/answers/ports.ts';
import { minuteOf } from '../../src/query/answers/stretch.ts';
import type { Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, RowDeleter } from '../../src/retention/ports.ts';
import type { MemoryRetentionBook } from './memory-retention-book.ts';

/** A deletion, as it was asked for. */
export interface Deletion {
  readonly rows: readonly LogEntry[];
  readonly on: DeletionFor | undefined;
  /** How it was: a range, whether of some services and severities, or by keys. */
  readonly way: 'range' | 'range of some' | 'range of what matches' | 'keys';
  readonly maxRows: number | undefined;
}

/** Rows in memory, as they are read and deleted: the counts are those of the rows at any moment. */
export class MemoryDatabase implements RowDeleter {
  readonly rows = new Map<string, LogEntry>();
  /** Every deletion that was committed. */
  readonly deletions: Deletion[] = [];
  /** Called before each: a test has rows come in, or the work end. */
  beforeDeletion: () => Promise<void> | void = () => undefined;
  /** Whether sums by hour and day can be relied on. */
  hasSums = true;
  /** Rows that were looked at one by one. */
  rowsRead = 0;
  readonly #book: MemoryRetentionBook;

  constructor(book: MemoryRetentionBook) {
    this.#book = book;
  }

  add(...rows: readonly LogEntry[]): void {
    for (const row of rows) this.rows.set(keyText(row), row);
  }

  async deleteEntries(keys: readonly EntryKey[], on?: DeletionFor): Promise<number> {
    await this.beforeDeletion();
    const rows = keys.map((key) => this.rows.get(keyText(key))).filter((row) => row !== undefined);
    return this.#commit({ rows, on, way: 'keys', maxRows: undefined });
  }

  async deleteRange(
    { from, to, after, only, filter, maxRows }: RangeDeletion,
    on?: DeletionFor,
  ): Promise<RangeDeleted> {
    await this.beforeDeletion();
    if (filter !== undefined) return this.#deleteMatching({ from, to, after, maxRows }, filter, on);
    const isMeant = (row: LogEntry) =>
      only?.some((key) => key.serviceName === row.serviceName && key.severity === row.severity) ?? true;
    const rows = this.#sorted(from, to).filter(
      (row) => (after === undefined || keyText(row) > keyText(after)) && isMeant(row),
    );
    const piece = rows.slice(0, maxRows);
    const last = rows.length > maxRows ? piece.at(-1) : undefined;
    const way = only === undefined ? 'range' : 'range of some';
    return { deleted: this.#commit({ rows: piece, on, way, maxRows }), end: last };
  }

  #deleteMatching(
    { from, to, after, maxRows }: RangeDeletion,
    filter: Filter,
    on: DeletionFor | undefined,
  ): RangeDeleted {
    const ahead = this.#sorted(from, to).filter(
      (row) => after === undefined || keyText(row) > keyText(after),
    );
    const looked = ahead.slice(0, maxRows);
    this.rowsRead += looked.length;
    const rows = looked.filter(matches(filter));
    const deleted = this.#commit({ rows, on, way: 'range of what matches', maxRows });
    return { deleted, looked: looked.length, end: ahead.length > maxRows ? looked.at(-1) : undefined };
  }

  /** What reads it. What retention does not ask for is not there. */
  get reader(): EntryReader {
    const missing = () => Promise.reject(new Error('nobody was to ask this'));
    return {
      piece: (request) => Promise.resolve(this.#piece(request)),
      minutes: (request) => Promise.resolve(this.#minutes(request)),
      keyCounts: () => Promise.resolve(this.#sums([{ from: '', to: '~' }])),
      rangeCounts: (ranges) => Promise.resolve(this.#sums(ranges)),
      rangeSums: (request) => Promise.resolve(this.hasSums ? this.#asked(request) : undefined),
      indexedTags: () => Promise.resolve([]),
      wordParts: () => Promise.resolve(undefined),
      lastMinute: () => Promise.resolve(undefined),
      entry: missing,
      processes: missing,
      close: () => Promise.resolve(),
    };
  }

  #commit(deletion: Deletion): number {
    const { rows, on } = deletion;
    this.deletions.push(deletion);
    for (const row of rows) this.rows.delete(keyText(row));
    if (on?.rule !== undefined) this.#book.deletedBy(on.rule, rows.length);
    return rows.length;
  }

  #sorted(from = '', to = '~'): LogEntry[] {
    return [...this.rows.values()]
      .filter(({ timestamp }) => timestamp >= from && timestamp < to)
      .sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }

  #piece({ stretch, path, maxRows = Infinity, maxEntries }: PieceRequest): Piece {
    const rows = this.#sorted(stretch.from, stretch.to).filter(
      (row) =>
        path.kind !== 'services' ||
        (path.services.includes(row.serviceName) && path.severities.includes(row.severity)),
    );
    const isOldest = stretch.order === 'oldest';
    const { after } = stretch;
    const ahead = (isOldest ? rows : rows.reverse()).filter(
      (row) => after === undefined || keyText(row) > keyText(after) === isOldest,
    );
    const entries = ahead.slice(0, Math.min(maxRows, maxEntries));
    this.rowsRead += entries.length;
    return {
      entries: entries.map((row) => ({ ...row, createdAt: row.timestamp })),
      end: ahead.length > entries.length ? entries.at(-1) : undefined,
      rowsRead: entries.length,
    };
  }

  #minutes({ order, from = '', to = '~', services, severities, maxCounts }: MinutesRequest): Minutes {
    const rows = this.#sorted().filter(
      (row) =>
        minuteOf(row.timestamp) >= from &&
        minuteOf(row.timestamp) < to &&
        (services?.includes(row.serviceName) ?? true) &&
        (severities?.includes(row.severity) ?? true),
    );
    const minutes = [...new Set(rows.map(({ timestamp }) => minuteOf(timestamp)))];
    const ordered = order === 'oldest' ? minutes : minutes.reverse();
    const some = ordered.slice(0, maxCounts);
    const counts = some.flatMap((minute) =>
      this.#sums([{ from: minute, to: `${minute.slice(0, 17)}~` }]).map((sum) => ({ ...sum, minute })),
    );
    return { counts, countsRead: counts.length, end: ordered.length > some.length ? some.at(-1) : undefined };
  }

  #asked({ ranges, by, services }: SumsRequest): readonly RangeSum[] {
    if (by === 'service') throw new Error('retention asks for severities');
    return this.#sums(ranges).filter(({ serviceName }) => services?.includes(serviceName) ?? true);
  }

  #sums(ranges: readonly { readonly from: string; readonly to: string }[]): RangeCount[] {
    return ranges.flatMap(({ from, to }, range) => {
      const byKey = Map.groupBy(this.#sorted(from, to), (row) => `${row.severity} ${row.serviceName}`);
      return [...byKey.values()].flatMap((rows) =>
        rows
          .slice(0, 1)
          .map(({ serviceName, severity }) => ({ range, serviceName, severity, count: rows.length })),
      );
    });
  }
}

function keyText({ timestamp, eventId }: EntryKey): string {
  return `${timestamp} ${eventId}`;
}
