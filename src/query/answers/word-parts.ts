import type { Need } from '../words/needed-words.ts';
import { END_OF_TIME, type EntryKey, type EntryReader, type Stretch } from './ports.ts';
import { storedRange } from './stored-range.ts';
import { minutesEarlier, minutesLater, placeBefore, timeBehind } from './stretch.ts';
import { type Time, within } from './time-range.ts';

/** Days of the first look, and how many times more each further one has: what is not so rare waits for no year. */
const FIRST_DAYS = 1;
const GROWTH = 365;
const DAY_MINUTES = 1_440;

/** A part of a stretch that has to be looked at. */
export interface WordPart {
  /** Undefined: there are no more. */
  readonly stretch: (Stretch & { readonly end?: EntryKey | undefined }) | undefined;
  /** How often the index was asked. */
  readonly looks: number;
}

/** Leaves out of a stretch what the index of words knows to have no entry with the words that are needed. */
export class WordPartsSearch {
  readonly #reader: EntryReader;
  readonly #need: Need;
  readonly #signal: AbortSignal;
  /** Those that are not passed yet, of what was looked at, in the order of the stretch. */
  #parts: readonly Time[] = [];
  /** What is left to look at. */
  #left: Time | undefined;
  #hasBegun = false;
  #days = FIRST_DAYS;

  constructor(reader: EntryReader, need: Need, signal: AbortSignal) {
    this.#reader = reader;
    this.#need = need;
    this.#signal = signal;
  }

  /** The next part of the stretch in which there may be something; undefined: the index cannot be relied on. */
  async nextPart(stretch: Stretch): Promise<WordPart | undefined> {
    if (!this.#hasBegun) await this.#begin(stretch);
    for (let looks = 0; ; looks += 1) {
      this.#parts = this.#parts.filter((part) => isAhead(part, stretch));
      const [part] = this.#parts;
      if (part !== undefined) return { stretch: partOf(stretch, part), looks };
      if (this.#left === undefined) return { stretch: undefined, looks };
      const found = await this.#look(this.#left, stretch.order === 'newest');
      if (found === undefined) return undefined;
      this.#parts = found;
    }
  }

  async #begin(stretch: Stretch): Promise<void> {
    this.#hasBegun = true;
    const stored = await storedRange(this.#reader, this.#signal);
    this.#left = stored && within(stored, remainingOf(stretch));
  }

  async #look(left: Time, isNewest: boolean): Promise<readonly Time[] | undefined> {
    const span = isNewest ? lastDays(left, this.#days) : firstDays(left, this.#days);
    this.#days *= GROWTH;
    const asked = { need: this.#need, from: span.from.slice(0, 19), to: untilDay(span.to) };
    const found = await this.#reader.wordParts(asked, this.#signal);
    if (found === undefined) return undefined;
    const rest = isNewest ? { from: left.from, to: span.from } : { from: span.to, to: left.to };
    this.#left = rest.from < rest.to ? rest : undefined;
    const parts = merged(found.parts.map((part) => within(part, span)).filter((part) => part !== undefined));
    return isNewest ? parts.toReversed() : parts;
  }
}

/** What lies behind the position of a stretch. */
function remainingOf({ order, after, from, to }: Stretch): {
  from?: string | undefined;
  to?: string | undefined;
} {
  if (after === undefined) return { from, to };
  if (order === 'oldest')
    return { from: from !== undefined && from > after.timestamp ? from : after.timestamp, to };
  // Those of the same time too.
  const end = timeBehind(after.timestamp);
  return { from, to: to !== undefined && to < end ? to : end };
}

/** The last whole days of a time, or all of it. */
function lastDays(left: Time, days: number): Time {
  const first = minutesEarlier(`${left.to.slice(0, 10)} 00:00:00`, (days - 1) * DAY_MINUTES);
  // An end at midnight belongs to the day before.
  const from = `${left.to.slice(11) === '00:00:00.000000' ? minutesEarlier(first, DAY_MINUTES) : first}.000000`;
  return { from: from <= left.from ? dayOf(left.from) : from, to: left.to };
}

function firstDays(left: Time, days: number): Time {
  const from = dayOf(left.from);
  const next = minutesLater(from.slice(0, 19), days * DAY_MINUTES);
  const to = next === undefined ? END_OF_TIME : `${next}.000000`;
  return { from, to: to < left.to ? to : left.to };
}

function dayOf(time: string): string {
  return `${time.slice(0, 10)} 00:00:00.000000`;
}

/** The end of the day that a time ends, as counts have it. */
function untilDay(to: string): string {
  const day = `${to.slice(0, 10)} 00:00:00`;
  if (to === `${day}.000000`) return day;
  return minutesLater(day, DAY_MINUTES) ?? END_OF_TIME;
}

/** Parts, in the order of their beginnings, without what is in two of them. */
function merged(parts: readonly Time[]): readonly Time[] {
  const found: Time[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (last === undefined || part.from > last.to) found.push(part);
    else if (part.to > last.to) found[found.length - 1] = { from: last.from, to: part.to };
  }
  return found;
}

/** Whether something of the part lies behind the position of the stretch. */
function isAhead({ from, to }: Time, { order, after }: Stretch): boolean {
  if (after === undefined) return true;
  if (order === 'oldest') return after.timestamp < to;
  return after.timestamp > from || (after.timestamp === from && after.eventId !== '');
}

function partOf(stretch: Stretch, { from, to }: Time): Stretch & { readonly end: EntryKey | undefined } {
  const last = stretch.order === 'newest' ? from : to;
  return {
    ...stretch,
    from: stretch.from !== undefined && stretch.from > from ? stretch.from : from,
    to: stretch.to !== undefined && stretch.to < to ? stretch.to : to,
    end: last === END_OF_TIME ? undefined : placeBefore(last),
  };
}
