/** How much a question may cost before it is answered with what was found so far. */
export interface Budget {
  readonly maxMs: number;
  /** Rows of the tables that are looked at. */
  readonly maxRows: number;
  /** Aborted, the budget is used up. */
  readonly end?: AbortSignal | undefined;
}

/** What is spent of a budget. */
export class Spending {
  readonly #budget: Budget;
  readonly #now: () => number;
  readonly #startMs: number;
  #rows = 0;

  /** `now` is in milliseconds that only ever grow. */
  constructor(budget: Budget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
    this.#startMs = now();
  }

  get rows(): number {
    return this.#rows;
  }

  get ms(): number {
    return this.#now() - this.#startMs;
  }

  get isUsedUp(): boolean {
    const { maxRows, maxMs, end } = this.#budget;
    return end?.aborted === true || this.#rows >= maxRows || this.ms >= maxMs;
  }

  spend(rows: number): void {
    this.#rows += rows;
  }
}
