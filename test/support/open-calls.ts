/** Calls that a fake has begun and that stay open until the test answers them, in whatever order it likes. */
export class OpenCalls<Outcome> {
  readonly #open: ((outcome: Outcome) => void)[] = [];
  #always: Outcome | undefined;

  /** A call is made: resolves to what the test wants of it. */
  ask(): Outcome | Promise<Outcome> {
    if (this.#always !== undefined) return this.#always;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#open.push(resolve);
    return promise;
  }

  /** Answers one of the open calls; `which` may be any number. Nothing happens if none is open. */
  answer(which: number, outcome: Outcome): void {
    const [resolve] = this.#open.splice(which % Math.max(1, this.#open.length), 1);
    resolve?.(outcome);
  }

  /** Answers every call that is open now. */
  answerOpen(outcome: Outcome): void {
    for (const resolve of this.#open.splice(0)) resolve(outcome);
  }

  /** Answers every open call, and from now on each at once. */
  answerAlways(outcome: Outcome): void {
    this.#always = outcome;
    this.answerOpen(outcome);
  }
}
