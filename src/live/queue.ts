import { Omitted } from './omitted.ts';
import type { EntryEvent, GapEvent, TailEvent } from './tail-event.ts';

/** How much waits for one who reads, before the oldest of it is left out. */
export interface QueueLimits {
  readonly maxEntries: number;
  /** UTF-16 units of JSON. */
  readonly maxUnits: number;
}

/** What waits for one who reads: bounded; of what does not fit, the oldest is left out and counted. */
export class TailQueue {
  readonly #limits: QueueLimits;
  #entries: (EntryEvent | undefined)[] = [];
  /** Places at the front of the array that are empty. */
  #empty = 0;
  #units = 0;
  /** Each with how many entries had come before it. */
  #gaps: { readonly event: GapEvent; readonly after: number }[] = [];
  #pushed = 0;
  #skipped = new Omitted();

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#entries.length === this.#empty && this.#gaps.length === 0 && this.#skipped.count === 0;
  }

  /** Takes an entry. Returns how many were left out for it. */
  push(event: EntryEvent): number {
    this.#entries.push(event);
    this.#pushed += 1;
    this.#units += event.json.length;
    const before = this.#skipped.count;
    // The latest goes through, however large it is.
    while (this.#entries.length - this.#empty > 1 && this.#isFull()) this.#skip();
    return this.#skipped.count - before;
  }

  pushGap(event: GapEvent): void {
    this.#gaps.push({ event, after: this.#pushed });
  }

  /** All of it, and first how many were left out. */
  take(): TailEvent[] {
    const events: TailEvent[] = this.#skipped.count > 0 ? [this.#skipped.event('skipped')] : [];
    let count = this.#pushed - (this.#entries.length - this.#empty);
    let [gap, ...gaps] = this.#gaps;
    const gapsUpTo = () => {
      for (; gap !== undefined && gap.after <= count; [gap, ...gaps] = gaps) events.push(gap.event);
    };
    gapsUpTo();
    for (const entry of this.#entries.slice(this.#empty)) {
      if (entry !== undefined) events.push(entry);
      count += 1;
      gapsUpTo();
    }
    this.#entries = [];
    this.#empty = 0;
    this.#units = 0;
    this.#gaps = [];
    if (this.#skipped.count > 0) this.#skipped = new Omitted();
    return events;
  }

  #isFull(): boolean {
    const { maxEntries, maxUnits } = this.#limits;
    return this.#entries.length - this.#empty > maxEntries || this.#units > maxUnits;
  }

  #skip(): void {
    const oldest = this.#entries[this.#empty];
    this.#entries[this.#empty] = undefined;
    this.#empty += 1;
    if (oldest !== undefined) {
      this.#units -= oldest.json.length;
      this.#skipped.add(oldest);
    }
    if (this.#empty <= this.#limits.maxEntries) return;
    this.#entries = this.#entries.slice(this.#empty);
    this.#empty = 0;
  }
}
