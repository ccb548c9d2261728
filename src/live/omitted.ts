import { rfc3339 } from '../logs/entry-json.ts';
import type { EntryEvent, SampledEvent, SkippedEvent } from './tail-event.ts';

/** Entries that were left out: how many, and between which of their times. */
export class Omitted {
  #count = 0;
  #from = '';
  #to = '';
  #position = '';

  get count(): number {
    return this.#count;
  }

  /** The position of the last of them. */
  get position(): string {
    return this.#position;
  }

  /** One more, later in the order than those before. */
  add({ entry: { timestamp }, position }: Pick<EntryEvent, 'entry' | 'position'>): void {
    if (this.#count === 0 || timestamp < this.#from) this.#from = timestamp;
    if (this.#count === 0 || timestamp > this.#to) this.#to = timestamp;
    this.#count += 1;
    this.#position = position;
  }

  /** The event that says so. */
  event(kind: 'skipped' | 'sampled', position = this.#position): SkippedEvent | SampledEvent {
    return { kind, count: this.#count, from: rfc3339(this.#from), to: rfc3339(this.#to), position };
  }
}
