import type { StoredEntry } from '../../logs/entry.ts';
import { type Page, readPage } from '../../query/answers/page.ts';
import type { Stretch } from '../../query/answers/ports.ts';
import { allOf, type Filter } from '../../query/filter.ts';
import type { Answer, Ask } from '../route.ts';

/** Which entries are read, and from where on. */
export interface Wanted {
  readonly filter: Filter;
  readonly stretch: Stretch;
}

/** Entries that are in memory at once. */
const PAGE_ENTRIES = 1_000;

/** What a service of an interface has, and nothing beside it. */
export function ofService(service: string, filters: readonly Filter[]): Filter {
  return allOf([{ kind: 'column', column: 'service', test: { kind: 'equals', text: service } }, ...filters]);
}

/**
 * Reads at most so many entries, page by page as they are taken: between two pages others have their turns, and
 * where the budget of a question ends one it goes on. Answers that have no place to say that they are not whole
 * are made of this.
 */
export async function* pagesOf(
  { filter, stretch }: Wanted,
  { ask, limit = Infinity }: { readonly ask: Ask; readonly limit?: number },
): AsyncGenerator<Page> {
  let wanted = limit;
  for (let rest: Stretch | undefined = stretch; rest !== undefined && wanted > 0;) {
    const request = { filter, stretch: rest, limit: Math.min(wanted, PAGE_ENTRIES) };
    const page: Page = await ask((means) => readPage(request, means), rest !== stretch);
    yield page;
    wanted -= page.entries.length;
    rest = page.next;
  }
}

/** Which page of how many entries: from 1. */
export interface PageNumber {
  readonly page: number;
  readonly perPage: number;
}

/** The entries of a page, and where what comes behind them begins. */
export interface Slice {
  readonly entries: readonly StoredEntry[];
  readonly next: Stretch | undefined;
}

/** Reads a page by its number: those before it are gone through, and not kept. */
export async function readSlice(wanted: Wanted, { page, perPage }: PageNumber, ask: Ask): Promise<Slice> {
  const before = (page - 1) * perPage;
  let rest: Stretch | undefined = wanted.stretch;
  for await (const { next } of pagesOf(wanted, { ask, limit: before })) rest = next;
  const entries: StoredEntry[] = [];
  if (rest === undefined) return { entries, next: undefined };
  for await (const found of pagesOf({ ...wanted, stretch: rest }, { ask, limit: perPage })) {
    entries.push(...found.entries);
    rest = found.next;
  }
  return { entries, next: rest };
}

/** How entries are listed. */
export interface ListStyle {
  readonly contentType: string;
  readonly start: string;
  readonly separator: string;
  readonly end: string;
  readonly write: (entry: StoredEntry) => string;
}

/**
 * Lists all entries that pages have, as they are read. What cannot be read at all is refused before anything is
 * sent; what fails later cuts the answer off, so that it is no whole list to anybody.
 */
export async function list(pages: AsyncGenerator<Page>, style: ListStyle): Promise<Answer> {
  const { contentType, start, separator, end } = style;
  const first = await pages.next();
  if (first.done === true) return { contentType, body: start + end };
  if (first.value.next === undefined) return listed(first.value.entries, style);
  async function* texts(page: Page): AsyncGenerator<string> {
    yield start + textOf(page.entries, style);
    let hasBefore = page.entries.length > 0;
    for await (const { entries } of pages) {
      if (entries.length === 0) continue;
      yield (hasBefore ? separator : '') + textOf(entries, style);
      hasBefore = true;
    }
    yield end;
  }
  return { contentType, body: texts(first.value) };
}

/** Lists entries that are there. */
export function listed(entries: readonly StoredEntry[], style: ListStyle): Answer {
  return { contentType: style.contentType, body: style.start + textOf(entries, style) + style.end };
}

function textOf(entries: readonly StoredEntry[], { write, separator }: ListStyle): string {
  return entries.map(write).join(separator);
}
