import type { WrongCounts } from './store.ts';

const SHOWN = 100;

/** Counts differences as they come, and keeps the first of them. */
export class WrongCountsTally<Difference> {
  readonly #first: Difference[] = [];
  #total = 0;

  add(difference: Difference): void {
    this.#total += 1;
    if (this.#first.length < SHOWN) this.#first.push(difference);
  }

  result(): WrongCounts<Difference> {
    return { total: this.#total, first: this.#first };
  }
}
