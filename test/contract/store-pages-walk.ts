import { expect } from 'vitest';
import type { LogEntry } from '../../src/logs/entry.ts';
import { filterHash, parseCursor, printCursor } from '../../src/query/answers/cursor.ts';
import { deleteMatching } from '../../src/query/answers/delete.ts';
import { type Page, readPage } from '../../src/query/answers/page.ts';
import type { EntryReader, Stretch } from '../../src/query/answers/ports.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import type { Store } from '../../src/store/store.ts';
import { expectedIn, keyText, Rows, rowText, Sweep } from './store-pages-model.ts';

const NEVER = new AbortController().signal;

/** What is asked, and in which pieces it is answered. */
export interface Question {
  readonly filter: Filter;
  readonly stretch: Stretch;
  readonly limit: number;
  /** Rows that a page may read. */
  readonly maxRows: number;
  /** Rows of a piece: few, so that a page takes several. */
  readonly pieceRows: number;
}

/** What happens to the rows. */
export type Change =
  | { readonly kind: 'insert'; readonly entries: readonly LogEntry[] }
  /** Entries of the time of the last one that was read, right before it and right behind it. */
  | { readonly kind: 'insert beside' }
  /** Of what is there, those at these places. */
  | { readonly kind: 'delete'; readonly places: readonly number[] }
  | {
      readonly kind: 'delete matching';
      readonly filter: Filter;
      readonly range: Pick<Stretch, 'from' | 'to'>;
    };

/** What happens next; `meanwhile` is what happens between the pieces of a page. */
export type Step =
  { readonly kind: 'read'; readonly meanwhile: readonly Change[] } | { readonly kind: 'turn' } | Change;

/** A table and the plain array that it is held against. */
export class Table implements AsyncDisposable {
  readonly rows = new Rows();
  readonly reader: EntryReader;
  readonly #store: Store;
  /** The last entry that was read. */
  lastRead: LogEntry | undefined;

  constructor(store: Store, reader: EntryReader) {
    this.#store = store;
    this.reader = reader;
  }

  async change(change: Change): Promise<void> {
    if (change.kind === 'insert') return this.#insert(change.entries);
    if (change.kind === 'insert beside') return this.#insert(besides(this.lastRead));
    if (change.kind === 'delete matching') return this.#deleteMatching(change.filter, change.range);
    const { now } = this.rows;
    const keys = new Set(change.places.map((place) => now[place % Math.max(1, now.length)]));
    const deleting = [...keys].filter((key) => key !== undefined);
    expect(await this.#store.deleteEntries(deleting)).toBe(this.rows.delete(deleting));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#deleteMatching(EVERYTHING, {});
    expect(await this.#store.totals()).toEqual({ rows: 0 });
  }

  async #insert(entries: readonly LogEntry[]): Promise<void> {
    await this.#store.write(entries);
    this.rows.insert(await this.#asStored(entries));
  }

  /** They are the same but for the spelling of tags, which is the database's: all else goes by that. */
  async #asStored(entries: readonly LogEntry[]): Promise<LogEntry[]> {
    const stored = new Map<string, LogEntry>();
    for await (const one of this.#store.entries()) stored.set(keyText(one), one);
    const there = new Set(this.rows.now.map(keyText));
    return entries
      .filter((one) => !there.has(keyText(one)))
      .map((one) => {
        const { tags = null } = stored.get(keyText(one)) ?? {};
        expect(tags === null).toBe(one.tags === null);
        return { ...one, tags };
      });
  }

  async #deleteMatching(filter: Filter, range: Pick<Stretch, 'from' | 'to'>): Promise<void> {
    const parts = { reader: this.reader, deleter: this.#store, signal: NEVER };
    let deleted = 0;
    for await (const progress of deleteMatching(filter, range, parts)) deleted = progress.deleted;
    expect(deleted).toBe(this.rows.delete(expectedIn(this.rows.now, filter, { ...range, order: 'oldest' })));
  }
}

/** Someone who turns the pages, with nothing in hand but a cursor. */
export class Walk {
  readonly #question: Question;
  readonly #table: Table;
  #cursor: string | undefined;
  #sweep: Sweep;

  constructor(question: Question, table: Table) {
    this.#question = question;
    this.#table = table;
    this.#cursor = this.#printed(question.stretch);
    this.#sweep = new Sweep(question.filter, question.stretch);
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'read') await this.read(step.meanwhile);
    else if (step.kind === 'turn') this.turn();
    else await this.#table.change(step);
  }

  /** The next page, if there is one. Nothing is promised of what changes between its pieces, but of the rest. */
  async read(meanwhile: readonly Change[] = []): Promise<void> {
    if (this.#cursor === undefined) return;
    const stretch = parseCursor(this.#cursor)?.stretch;
    if (stretch === undefined) throw new Error(`no cursor: ${this.#cursor}`);
    const { rows } = this.#table;
    const { filter, limit, maxRows, pieceRows } = this.#question;
    const changes = [...meanwhile];
    const reader = inPieces(this.#table.reader, pieceRows, async () => {
      const change = changes.shift();
      if (change !== undefined) await this.#table.change(change);
    });
    const from = rows.moment;
    const page = await readPage(
      { filter, stretch, limit },
      { reader, budget: { maxMs: 60_000, maxRows }, now: () => performance.now(), signal: NEVER },
    );
    if (rows.moment === from) this.#expectAtOnce(page, stretch);
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    if (page.isComplete && page.next !== undefined) expect(page.entries).toHaveLength(limit);
    this.#sweep.add({ page, from, to: rows.moment });
    this.#sweep.check(rows);
    this.#table.lastRead = page.entries.at(-1) ?? this.#table.lastRead;
    this.#cursor = page.next && this.#printed(page.next);
  }

  /** To the end of this direction. Each page comes further: of so many rows, there cannot be more pages. */
  async readAll(): Promise<void> {
    const most = this.#table.rows.now.length + 100;
    for (let pages = 0; this.#cursor !== undefined; pages += 1) {
      expect(pages).toBeLessThan(most);
      await this.read();
    }
  }

  /** The other way, from before the last page. */
  turn(): void {
    const last = this.#sweep.last;
    if (last?.previous === undefined) return;
    const { entries, previous } = last;
    this.#sweep = new Sweep(this.#question.filter, { ...previous, after: entries[0] ?? previous.after });
    this.#cursor = this.#printed(previous);
  }

  /** A page of rows that stand still is what the array has there. */
  #expectAtOnce({ entries, isComplete, next }: Page, stretch: Stretch): void {
    const { filter, limit } = this.#question;
    const there = expectedIn(this.#table.rows.now, filter, stretch);
    const count = isComplete ? limit : entries.length;
    expect(entries.map(rowText)).toEqual(there.slice(0, count).map(rowText));
    // Nothing lies between the last that is shown and where it goes on.
    const left = next === undefined ? [] : expectedIn(this.#table.rows.now, filter, next);
    expect(left.map(keyText)).toEqual(there.slice(entries.length).map(keyText));
  }

  #printed(stretch: Stretch): string {
    return printCursor({ stretch, nowMs: 0, filterHash: filterHash(this.#question.filter) });
  }
}

/** A reader whose pieces are small, and before each of which something may happen. */
function inPieces(reader: EntryReader, pieceRows: number, before: () => Promise<void>): EntryReader {
  return {
    async piece(request, signal) {
      await before();
      return reader.piece({ ...request, maxRows: Math.min(pieceRows, request.maxRows ?? pieceRows) }, signal);
    },
    entry: (key, signal) => reader.entry(key, signal),
    indexedTags: (signal) => reader.indexedTags(signal),
    keyCounts: (signal) => reader.keyCounts(signal),
    minutes: (request, signal) => reader.minutes({ ...request, maxCounts: pieceRows }, signal),
    lastMinute: (request, signal) => reader.lastMinute({ ...request, maxCounts: pieceRows }, signal),
    rangeCounts: (ranges, signal) => reader.rangeCounts(ranges, signal),
    rangeSums: (request, signal) => reader.rangeSums(request, signal),
    wordParts: (request, signal) => reader.wordParts(request, signal),
    processes: (signal) => reader.processes(signal),
    close: () => reader.close(),
  };
}

function besides(read: LogEntry | undefined): LogEntry[] {
  if (read === undefined) return [];
  const ids = [read.eventId.slice(0, -1), `${read.eventId}~`].filter((id) => id !== '' && id.length <= 64);
  return ids.map((eventId) => ({ ...read, eventId }));
}
