import type { StoredEntry } from '../../logs/entry.ts';
import { boundsOf } from '../bounds.ts';
import type { Filter } from '../filter.ts';
import type { Predicate } from '../predicate.ts';
import { matches } from '../predicate.ts';
import { type Need, neededWords } from '../words/needed-words.ts';
import { choosePlan, type Plan } from './plan.ts';
import type { EntryKey, EntryReader, Piece, PieceRequest, Stretch } from './ports.ts';
import { QuietMinutes } from './quiet-minutes.ts';
import { narrowed } from './stretch.ts';
import { type Way, waysTogether, type WordIndexUse } from './way.ts';
import { WordPartsSearch } from './word-parts.ts';

/** Rows of the first piece, and of the largest: a piece takes milliseconds at first, then tens of them. */
const FIRST_ROWS = 1_000;
/**
 * By indexes of tags a database stops once it has found what is wanted, so that some more cost little: of a page
 * that needs a second piece everything is asked twice.
 */
const FIRST_ROWS_BY_TAGS = 2_000;
const MAX_ROWS = 20_000;
/** Rows that are looked at before the index of words is asked: what is frequent is found in them. */
const ROWS_BEFORE_INDEX = 1_000;
/** How a piece is larger than the one before; and once the database was too slow for one. */
const GROWTH = 2;
const SLOW_GROWTH = 1.25;
/** Entries that are in memory at once, before the predicate has looked at them. */
const MAX_ENTRIES = 1_000;

/** What a step of a scan found. */
export interface Step {
  /** What matches, in the order of the stretch. */
  readonly entries: readonly StoredEntry[];
  readonly rowsRead: number;
}

/**
 * Goes through a stretch in pieces that are bounded, each larger than the one before, and finds what matches a
 * filter. Whoever calls decides how long it goes on: all that was found up to `position` stays right.
 */
export class Scan {
  readonly #reader: EntryReader;
  readonly #filter: Filter;
  readonly #matches: Predicate;
  readonly #signal: AbortSignal;
  #stretch: Stretch;
  #plan: Plan | undefined;
  #quiet: QuietMinutes | undefined;
  readonly #need: Need | undefined;
  /** Undefined: the index was not asked yet, or it cannot be relied on. */
  #words: WordPartsSearch | undefined;
  #index: WordIndexUse;
  /** How a server reached them that was asked. */
  #served: Way | undefined;
  #rowsRead = 0;
  /** Of the next piece; undefined: of the first. */
  #rows: number | undefined;
  /** Entries that indexes of tags are asked for, for each that is wanted: most mostly match. */
  #surplus = 1;
  /** A piece was too large for the database: it is asked for no more rows than it can look at. */
  #isSlow = false;
  #isOver = false;

  constructor(reader: EntryReader, search: { filter: Filter; stretch: Stretch }, signal: AbortSignal) {
    this.#reader = reader;
    this.#filter = search.filter;
    this.#matches = matches(search.filter);
    this.#need = neededWords(search.filter);
    this.#index = this.#need === undefined ? 'not asked' : 'not asked yet';
    this.#signal = signal;
    const stretch = narrowed(search.stretch, boundsOf(search.filter));
    this.#isOver = stretch === undefined;
    this.#stretch = stretch ?? search.stretch;
  }

  /** Whether all of the stretch was looked at. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Up to here everything was looked at; undefined at the beginning. */
  get position(): EntryKey | undefined {
    return this.#stretch.after;
  }

  /** How the rows are reached: as a server says that was asked for them, where it says so. */
  get way(): Way {
    if (this.#served !== undefined) return this.#served;
    const { kind, tags } = this.#plan ?? { kind: 'nothing', tags: NO_TAGS };
    return { plan: kind, tags, index: this.#index };
  }

  /** Looks at the next piece, of which at most `maxEntries` are wanted. */
  async step(maxEntries: number): Promise<Step> {
    this.#signal.throwIfAborted();
    if (this.#isOver) return NOTHING;
    this.#plan ??= await choosePlan(this.#reader, this.#filter, this.#signal);
    if (this.#plan.kind === 'nothing') return this.#end();
    const { stretch, rowsRead } = await this.#nextStretch(this.#plan);
    if (stretch === undefined) return { ...this.#end(), rowsRead };
    const piece = await this.#piece(stretch, this.#plan, maxEntries);
    const found = piece.entries.filter(this.#matches);
    if (found.length * 2 < piece.entries.length)
      this.#surplus = Math.min(MAX_ENTRIES, this.#surplus * GROWTH);
    return this.#take(found, maxEntries, {
      end: piece.end ?? stretch.end,
      rowsRead: rowsRead + piece.rowsRead,
    });
  }

  async #piece(stretch: Stretch, plan: Plan, maxEntries: number): Promise<Piece> {
    const { path, isExact } = plan;
    const allowed = this.#rows ?? (plan.kind === 'tags' ? FIRST_ROWS_BY_TAGS : FIRST_ROWS);
    const request: PieceRequest = {
      stretch,
      path,
      filter: this.#filter,
      maxRows: isExact && !this.#isSlow ? undefined : allowed,
      maxEntries: this.#entriesAtOnce(plan, maxEntries),
    };
    const piece = await this.#reader.piece(request, this.#signal);
    this.#served = waysTogether(this.#served, piece.way);
    this.#isSlow ||= piece.reducedToRows !== undefined;
    const rows = (piece.reducedToRows ?? allowed) * (this.#isSlow ? SLOW_GROWTH : GROWTH);
    // Where the end of a piece was further than its entries reach, it was looked for in vain.
    const isFull = piece.entries.length === request.maxEntries;
    const most = isFull ? Math.max(FIRST_ROWS_BY_TAGS, GROWTH * request.maxEntries) : MAX_ROWS;
    this.#rows = Math.min(most, Math.ceil(rows));
    return piece;
  }

  #entriesAtOnce({ kind, isExact }: Plan, wanted: number): number {
    if (isExact) return Math.min(MAX_ENTRIES, wanted);
    if (kind !== 'tags') return MAX_ENTRIES;
    return Math.min(MAX_ENTRIES, wanted * this.#surplus);
  }

  /** Of more entries than are wanted, the rest is found again from where this step ends. */
  #take(found: readonly StoredEntry[], maxEntries: number, { end, rowsRead }: Taken): Step {
    const entries = found.slice(0, maxEntries);
    const last = found.length > maxEntries ? entries.at(-1) : end;
    this.#rowsRead += rowsRead;
    if (last === undefined) this.#isOver = true;
    else this.#stretch = { ...this.#stretch, after: { timestamp: last.timestamp, eventId: last.eventId } };
    return { entries, rowsRead };
  }

  /** What is left to look at, or the next part of it that minutes without any candidate do not interrupt. */
  async #nextStretch(plan: Plan): Promise<NextStretch> {
    const part = await this.#nextWordPart(plan);
    if (part !== undefined) return part;
    if (plan.kind !== 'busy minutes') return { stretch: this.#stretch, rowsRead: 0 };
    this.#quiet ??= new QuietMinutes(this.#reader, plan.selection, this.#signal);
    return this.#quiet.busyPart(this.#stretch);
  }

  /** Undefined: the index does not help, or not yet. */
  async #nextWordPart({ isExact }: Plan): Promise<NextStretch | undefined> {
    if (this.#need === undefined || isExact || this.#index === 'unusable') return undefined;
    if (this.#words === undefined && this.#rowsRead < ROWS_BEFORE_INDEX) return undefined;
    this.#words ??= new WordPartsSearch(this.#reader, this.#need, this.#signal);
    const part = await this.#words.nextPart(this.#stretch);
    this.#index = part === undefined ? 'unusable' : 'used';
    return part && { stretch: part.stretch, rowsRead: part.looks };
  }

  #end(): Step {
    this.#isOver = true;
    return NOTHING;
  }
}

const NO_TAGS = { used: [], missing: [] };
const NOTHING: Step = { entries: [], rowsRead: 0 };

interface Taken {
  readonly end: EntryKey | undefined;
  readonly rowsRead: number;
}

interface NextStretch {
  /** Undefined: there is nothing left. Its `end` is where it ends if more comes behind it. */
  readonly stretch: (Stretch & { readonly end?: EntryKey | undefined }) | undefined;
  readonly rowsRead: number;
}
