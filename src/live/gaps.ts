import type { EventRange } from './tail-event.ts';

/** A time of which entries may be missing. */
export interface Gap extends EventRange {
  /** When it was said, or what is stored last grew on the way to it: by the clock of whoever fills it. */
  readonly sinceMs: number;
  /** Once all that was published before this is stored, all of it is: milliseconds since 1970. Unknown at first. */
  readonly neededMs?: number | undefined;
  /** How many entries were found in it so far. */
  readonly found: number;
}

/** More wait only if nothing is stored for long: then two of them are one. */
const MAX_WAITING = 50;

/**
 * The gaps that are open. Those that are said one after the other, before someone looks, are one where they
 * meet; those that are waited for already stay as they are, or what is said again and again would never be filled.
 */
export class Gaps {
  /** Nobody has looked yet. */
  #fresh: Gap[] = [];
  /** What was stored then has been looked at; the rest is to be, once all is stored. */
  #waiting: Gap[] = [];
  /** Filled, and to be looked at once more. */
  #late: Gap[] = [];

  get isEmpty(): boolean {
    return this.#fresh.length + this.#waiting.length + this.#late.length === 0;
  }

  get isFresh(): boolean {
    return this.#fresh.length > 0;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  hasWaiting(isSo: (gap: Gap) => boolean): boolean {
    return this.#waiting.some(isSo);
  }

  /** When the first of those that are to be looked at once more was filled; undefined: there is none. */
  get lateSinceMs(): number | undefined {
    return this.#late[0]?.sinceMs;
  }

  add(gap: Gap): void {
    this.#fresh = merged([...this.#fresh, gap]);
  }

  /** Takes what nobody has looked at. */
  takeFresh(): readonly Gap[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** What was stored then has been looked at: it waits for the rest. */
  addWaiting(gap: Gap): void {
    const last = this.#waiting.at(-1);
    this.#waiting =
      last === undefined || this.#waiting.length < MAX_WAITING
        ? [...this.#waiting, gap]
        : [...this.#waiting.slice(0, -1), union([last, gap])];
  }

  /** Changes each that waits. */
  changeWaiting(change: (gap: Gap) => Gap): void {
    this.#waiting = this.#waiting.map(change);
  }

  /** Takes those that wait and of which this is so; together where they meet. */
  takeWaiting(isSo: (gap: Gap) => boolean): readonly Gap[] {
    const taken = this.#waiting.filter(isSo);
    this.#waiting = this.#waiting.filter((gap) => !taken.includes(gap));
    return merged(taken);
  }

  /** It is filled, and looked at once more later. */
  addLate(gap: Gap): void {
    this.#late.push(gap);
  }

  /** Those filled up to then: nothing more is done about them. */
  takeLate(untilMs: number): readonly Gap[] {
    const taken = this.#late.filter(({ sinceMs }) => sinceMs <= untilMs);
    this.#late = this.#late.filter((gap) => !taken.includes(gap));
    return merged(taken);
  }
}

/** Gaps that meet are one. */
function merged(gaps: readonly Gap[]): Gap[] {
  const inOrder = gaps.toSorted((a, b) => (isBefore(a.from, b.from) ? -1 : 1));
  const result: Gap[] = [];
  for (const gap of inOrder) {
    const last = result.at(-1);
    if (last !== undefined && !isBefore(last.to, gap.from)) result[result.length - 1] = union([last, gap]);
    else result.push(gap);
  }
  return result;
}

/** All of some, at least one, as one. */
function union(gaps: readonly Gap[]): Gap {
  return gaps.reduce((a, b) => ({
    from: isBefore(b.from, a.from) ? b.from : a.from,
    to: isBefore(a.to, b.to) ? b.to : a.to,
    sinceMs: Math.max(a.sinceMs, b.sinceMs),
    found: a.found + b.found,
    // Of one that is new nothing is known yet, and so of both.
    neededMs:
      a.neededMs === undefined || b.neededMs === undefined ? undefined : Math.max(a.neededMs, b.neededMs),
  }));
}

/** Whether one time in RFC 3339, in UTC, is before another: to all their digits, however many each has. */
function isBefore(a: string, b: string): boolean {
  return comparable(a) < comparable(b);
}

function comparable(time: string): string {
  return time.slice(0, 19) + time.slice(20, -1).padEnd(9, '0');
}
