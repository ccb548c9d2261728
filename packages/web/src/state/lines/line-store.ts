import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { EntriesPage, PageQuestion, TailEntry } from '../../../../client/src/types.ts';
import { problemOf } from '../pane.ts';
import { type Edge, edgeBehind, END, MORE, ORDER, questionBefore, questionFrom, type Side } from './edge.ts';
import { before, behind, inOrder, type Lines, merged } from './line-order.ts';
import { type Boundaries, keptBoundaries, Recent, trimmed } from './trim.ts';

/** How many entries are asked for at once. */
export const PAGE_SIZE = 200;
/** Where a whole page had nothing new, as within a microsecond of thousands. */
const LARGE_PAGE_SIZE = 1_000;
/** So many wait below what is read; beyond that they are counted and read again when they are wanted. */
const MAX_WAITING = 5_000;
/** Of what came last so much is kept beside the lines: it may be published and not stored yet. */
const RECENT = { most: 5_000, mostLength: 16_000_000 };

/** Asks the server for a page. */
export type ReadPage = (question: PageQuestion, signal: AbortSignal) => Promise<EntriesPage>;

/** Lines to begin with, and what lies beyond both their ends. */
export interface Opened {
  readonly lines: Lines;
  readonly older: Edge;
  readonly newer: Edge;
  readonly boundaries?: Readonly<Record<Side, Boundaries>> | undefined;
}

/**
 * A window of all the lines of a question, which grows at both ends, by pages and by what comes. There is never a
 * gap within it, and no line twice.
 */
export class LineStore {
  readonly #readPage: ReadPage;
  readonly #lines = signal<Lines>([]);
  readonly #edges: Readonly<Record<Side, Signal<Edge>>> = { older: signal(END), newer: signal(END) };
  readonly #isFollowing = signal(true);
  readonly #newBelow = signal(0);
  readonly #recent = new Recent(RECENT.most, RECENT.mostLength);
  #boundaries: Record<Side, Map<string, PageQuestion>> = { older: new Map(), newer: new Map() };
  #question: PageQuestion = {};
  #expected = this.#question;
  #requests: Record<Side, AbortController> = { older: new AbortController(), newer: new AbortController() };

  constructor(readPage: ReadPage) {
    this.#readPage = readPage;
  }

  /** Oldest first. */
  get lines(): ReadonlySignal<Lines> {
    return this.#lines;
  }
  get edges(): Readonly<Record<Side, ReadonlySignal<Edge>>> {
    return this.#edges;
  }
  /** Whether the newest line is to be seen whenever one comes. */
  get isFollowing(): ReadonlySignal<boolean> {
    return this.#isFollowing;
  }
  /** How many lines came since it was not followed any more. */
  get newBelow(): ReadonlySignal<number> {
    return this.#newBelow;
  }

  /** From now on what comes is of this question, whose lines will be opened: it does not go among the old ones. */
  expect(question: PageQuestion): void {
    this.#expected = question;
    this.#recent.clear();
  }

  /** How many lines have come by themselves: whoever asks for lines to begin with says it of that moment. */
  get came(): number {
    return this.#recent.came;
  }

  /** Begins with other lines, of the question that is expected; `came`: when they were asked for. */
  open(opened: Opened, came = this.came): void {
    for (const side of ['older', 'newer'] as const) this.#abort(side);
    batch(() => {
      this.#question = this.#expected;
      this.#boundaries = {
        older: new Map(opened.boundaries?.older),
        newer: new Map(opened.boundaries?.newer),
      };
      this.#lines.value = opened.lines;
      this.#edges.older.value = opened.older;
      this.#edges.newer.value = opened.newer;
      this.#openEndSince(came);
      this.follow(this.#edges.newer.peek().state === 'end');
      this.#mergeRecent();
    });
  }

  /** Whether to stay at the newest line. What waits below is seen then. */
  follow(isFollowing: boolean): void {
    batch(() => {
      this.#isFollowing.value = isFollowing;
      if (isFollowing) this.#newBelow.value = 0;
    });
  }

  /** Reads the next page of a side, unless it is being read. Never rejects: what fails is said at the edge. */
  async more(side: Side): Promise<void> {
    const edge = this.#edges[side];
    const { state, onward, searchedTo } = edge.peek();
    if (state === 'loading') return;
    const { signal } = (this.#requests[side] = new AbortController());
    const { came } = this;
    edge.value = { state: 'loading', onward, searchedTo };
    try {
      const [page, question] = await this.#pageWithNews(side, onward ?? this.#fromOutermost(side), signal);
      if (!signal.aborted) this.#grow(side, page, question, came);
    } catch (error) {
      if (!signal.aborted) edge.value = { state: 'failed', onward, searchedTo, problem: problemOf(error) };
    }
  }

  /** Takes in what came, in any order. */
  add(entries: Lines): void {
    this.#recent.add(entries);
    if (this.#expected !== this.#question) return;
    const lines = this.#lines.peek();
    batch(() => {
      const next = merged(lines, this.#within(entries));
      this.#lines.value = next;
      const isWhole = this.#edges.newer.peek().state === 'end';
      if (isWhole && this.#isFollowing.peek()) this.#trim('older');
      else this.#count(behind(lines, isWhole ? next : entries).length);
    });
  }

  #count(added: number): void {
    this.#newBelow.value += added;
    if (this.#newBelow.peek() > MAX_WAITING) this.#edges.newer.value = MORE;
  }

  /** Those between the ends: beyond an end that is open, others may stand between. */
  #within(entries: Lines): Lines {
    const lines = this.#lines.peek();
    if (lines.length === 0) return this.#edges.newer.peek().state === 'end' ? entries : [];
    const beyond = new Set<TailEntry>();
    if (this.#edges.older.peek().state !== 'end') for (const each of before(lines, entries)) beyond.add(each);
    if (this.#edges.newer.peek().state !== 'end') for (const each of behind(lines, entries)) beyond.add(each);
    return beyond.size === 0 ? entries : entries.filter((entry) => !beyond.has(entry));
  }

  /** More came while a page was read than is kept beside the lines: between both is something to be read. */
  #openEndSince(came: number): void {
    const newer = this.#edges.newer;
    if (newer.peek().state === 'end' && !this.#recent.hasSince(came)) newer.value = MORE;
  }

  /** What came by itself may not be stored yet, so that no page has it. */
  #mergeRecent(): void {
    this.#lines.value = merged(this.#lines.peek(), this.#within(this.#recent.lines));
  }

  #fromOutermost(side: Side): PageQuestion {
    const outermost = this.#lines.peek().at(side === 'older' ? 0 : -1);
    const question = { ...this.#question, order: ORDER[side], limit: PAGE_SIZE };
    return outermost === undefined ? question : questionFrom(question, side, outermost.timestamp);
  }

  /** A page that has something new, or is the last, or the last for now. */
  async #pageWithNews(side: Side, question: PageQuestion, signal: AbortSignal) {
    let asked = question;
    for (;;) {
      const page = await this.#readPage(asked, signal);
      const isNews = this.#beyond(side, page.entries).length > 0;
      if (isNews || page.next === null || !page.complete || signal.aborted) return [page, asked] as const;
      asked = { ...asked, cursor: page.next, limit: LARGE_PAGE_SIZE };
    }
  }

  #beyond(side: Side, entries: Lines): Lines {
    return side === 'older' ? before(this.#lines.peek(), entries) : behind(this.#lines.peek(), entries);
  }

  #grow(side: Side, page: EntriesPage, asked: PageQuestion, came: number): void {
    const question = { ...asked, limit: PAGE_SIZE };
    const added = inOrder(this.#beyond(side, page.entries));
    const [inner, outer] = side === 'older' ? [added.at(-1), added[0]] : [added[0], added.at(-1)];
    const edge = edgeBehind(page, question);
    const back = questionBefore(page, question);
    const isWhole = added.length === page.entries.length;
    if (outer && edge.onward) this.#boundaries[side].set(outer.id, edge.onward);
    if (inner && back && isWhole) this.#boundaries[side === 'older' ? 'newer' : 'older'].set(inner.id, back);
    batch(() => {
      this.#lines.value = merged(this.#lines.peek(), added);
      this.#edges[side].value = edge;
      this.#trim(side === 'older' ? 'newer' : 'older');
      if (side === 'newer') this.#openEndSince(came);
      this.#mergeRecent();
    });
  }

  #trim(side: Side): void {
    const left = trimmed(this.#lines.peek(), side, this.#boundaries[side]);
    if (left === undefined) return;
    this.#abort(side);
    const { lines, onward } = left;
    this.#lines.value = lines;
    this.#edges[side].value = { ...MORE, onward };
    const { older, newer } = this.#boundaries;
    this.#boundaries = { older: keptBoundaries(lines, older), newer: keptBoundaries(lines, newer) };
  }

  #abort(side: Side): void {
    this.#requests[side].abort();
  }
}
