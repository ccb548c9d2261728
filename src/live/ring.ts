import type { LiveItem } from './live-entry.ts';

/** How much a ring keeps. */
export interface RingLimits {
  readonly maxAgeMs: number;
  /** About so many bytes of memory. */
  readonly maxBytes: number;
}

/** Places at its front that are empty, before the rest moves up. */
const MAX_EMPTY = 4_096;

/** The latest of a server's order, numbered from 1 without a gap: bounded in time and bytes. */
export class Ring {
  readonly #limits: RingLimits;
  #items: (LiveItem | undefined)[] = [];
  /** Places at the front of the array that are empty. */
  #empty = 0;
  #first = 1;
  #bytes = 0;
  #sinceMs: number;

  /** `sinceMs`: it has everything from then on, in milliseconds since 1970. */
  constructor(limits: RingLimits, sinceMs: number) {
    this.#limits = limits;
    this.#sinceMs = sinceMs;
  }

  /** The number of the oldest that it has, or of the next if it has none. */
  get first(): number {
    return this.#first;
  }

  /** The number of the latest; 0 if there was none yet. */
  get last(): number {
    return this.#first + this.size - 1;
  }

  get size(): number {
    return this.#items.length - this.#empty;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** It has all that came later than this, in milliseconds since 1970. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** The latest of what it has; undefined if it has nothing. */
  get newest(): LiveItem | undefined {
    return this.#items.at(-1);
  }

  /** Takes what comes next: its number is `last + 1`. Drops what is too old or too much. */
  push(item: LiveItem): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
    this.trim(item.place.receivedMs);
  }

  /** Drops what is too old by now, or too much; the latest stays. */
  trim(nowMs: number): void {
    const { maxAgeMs, maxBytes } = this.#limits;
    while (this.size > 1) {
      const oldest = this.#items[this.#empty];
      if (oldest === undefined) return;
      if (this.#bytes <= maxBytes && nowMs - oldest.place.receivedMs <= maxAgeMs) return;
      this.#drop(oldest);
    }
  }

  /** The item of a number; undefined if it is not here. */
  at(sequence: number): LiveItem | undefined {
    const index = sequence - this.#first;
    return index < 0 ? undefined : this.#items[this.#empty + index];
  }

  /** The number of the first that came at this time or later, in milliseconds since 1970; `last + 1` if none did. */
  firstSince(ms: number): number {
    let [low, high] = [this.#first, this.last + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.at(middle)?.place.receivedMs ?? Infinity) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #drop(oldest: LiveItem): void {
    this.#items[this.#empty] = undefined;
    this.#empty += 1;
    this.#first += 1;
    this.#bytes -= oldest.bytes;
    this.#sinceMs = Math.max(this.#sinceMs, oldest.place.receivedMs);
    if (this.#empty < MAX_EMPTY || this.#empty * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#empty);
    this.#empty = 0;
  }
}
