import { expect } from 'vitest';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';
import type { Page } from '../../src/query/answers/page.ts';
import type { EntryKey, Stretch } from '../../src/query/answers/ports.ts';
import type { Filter } from '../../src/query/filter.ts';
import { matches } from '../../src/query/predicate.ts';

/** A row without the time that the database gave it. */
type Row = Omit<StoredEntry, 'createdAt'>;

/** A row, and when it was there: moments are counted in changes. */
interface Life {
  readonly row: Row;
  readonly born: number;
  died: number;
}

/** The rows of a table as a plain array, with those that went. */
export class Rows {
  #moment = 0;
  #lives: Life[] = [];

  /** The moment now: each change is one later. */
  get moment(): number {
    return this.#moment;
  }

  /** What is there now, oldest first. */
  get now(): readonly Row[] {
    return this.#alive().map(({ row }) => row);
  }

  /** Adds rows whose keys are not there. */
  insert(entries: readonly LogEntry[]): void {
    this.#moment += 1;
    for (const row of entries) this.#lives.push({ row, born: this.#moment, died: Infinity });
  }

  /** Takes away what there is of some keys; their number. */
  delete(keys: readonly EntryKey[]): number {
    this.#moment += 1;
    const gone = new Set(keys.map(keyText));
    const dying = this.#alive().filter(({ row }) => gone.has(keyText(row)));
    for (const life of dying) life.died = this.#moment;
    return dying.length;
  }

  /** What was there from one moment to another, without a pause. */
  throughout(from: number, to: number): readonly Row[] {
    return this.#lives.filter(({ born, died }) => born <= from && died > to).map(({ row }) => row);
  }

  /** Whether exactly this row was there at any moment from one to another. */
  hadAny(entry: StoredEntry, from: number, to: number): boolean {
    const text = rowText(entry);
    return this.#lives.some(({ row, born, died }) => born <= to && died > from && rowText(row) === text);
  }

  #alive(): Life[] {
    return this.#lives.filter(({ died }) => died === Infinity).sort((a, b) => compare(a.row, b.row));
  }
}

/** A page, and the moments between which it was read. */
export interface ReadPage {
  readonly page: Page;
  readonly from: number;
  readonly to: number;
}

/** Pages that follow each other in one direction, held against what was there meanwhile. */
export class Sweep {
  readonly #filter: Filter;
  readonly #start: Stretch;
  readonly #pages: ReadPage[] = [];

  constructor(filter: Filter, start: Stretch) {
    this.#filter = filter;
    this.#start = start;
  }

  get last(): Page | undefined {
    return this.#pages.at(-1)?.page;
  }

  add(page: ReadPage): void {
    this.#pages.push(page);
  }

  /** Expects of all pages together what is promised of them. */
  check(rows: Rows): void {
    const isMatch = matches(this.#filter);
    for (const { page, from, to } of this.#pages) {
      expect(page.entries.every(isMatch)).toBe(true);
      // Never what was deleted before, and never what was not stored yet.
      expect(page.entries.filter((entry) => !rows.hadAny(entry, from, to))).toEqual([]);
    }
    const found = this.#pages.flatMap(({ page }) => page.entries);
    // In order, and thereby none twice.
    for (const [index, entry] of found.entries())
      if (index > 0) expect(isBehind(entry, found[index - 1], this.#start)).toBe(true);
    const there = rows
      .throughout(this.#pages[0]?.from ?? 0, this.#pages.at(-1)?.to ?? 0)
      .filter((row) => isMatch(row) && this.#covers(row));
    const shown = new Set(found.map(keyText));
    expect(there.map(keyText).filter((key) => !shown.has(key))).toEqual([]);
  }

  /** Whether the pages came past a row, whose place is at most the last entry shown if more comes behind. */
  #covers(row: Row): boolean {
    if (!isIn(row, this.#start) || !isBehind(row, this.#start.after, this.#start)) return false;
    const { last } = this;
    if (last === undefined) return false;
    if (last.next === undefined) return true;
    const end = this.#pages.findLast(({ page }) => page.entries.length > 0)?.page.entries.at(-1);
    return end !== undefined && !isBehind(row, end, this.#start);
  }
}

/** What a plain array has in a stretch, in its order. */
export function expectedIn(rows: readonly Row[], filter: Filter, stretch: Stretch): readonly Row[] {
  const isMatch = matches(filter);
  const found = rows.filter(
    (row) => isMatch(row) && isIn(row, stretch) && isBehind(row, stretch.after, stretch),
  );
  return stretch.order === 'oldest' ? found : found.toReversed();
}

/** Its key as a text that sorts as keys do. */
export function keyText({ timestamp, eventId }: EntryKey): string {
  return `${timestamp} ${eventId}`;
}

function compare(one: EntryKey, other: EntryKey): number {
  return keyText(one) < keyText(other) ? -1 : 1;
}

function isIn({ timestamp }: EntryKey, { from, to }: Stretch): boolean {
  return (from === undefined || timestamp >= from) && (to === undefined || timestamp < to);
}

function isBehind(key: EntryKey, after: EntryKey | undefined, { order }: Stretch): boolean {
  if (after === undefined) return true;
  return order === 'oldest' ? keyText(key) > keyText(after) : keyText(key) < keyText(after);
}

/** All of a row that a writer decides. */
export function rowText({ timestamp, eventId, serviceName, severity, payload, tags }: Row): string {
  return JSON.stringify([timestamp, eventId, serviceName, severity, payload, tags]);
}
