/** A time that comes, with a timer that keeps the process until then. */
export class Deadline {
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  /** `then` is called when it is over, unless it was cancelled. */
  constructor(timeoutMs: number, then: () => void) {
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      then();
    }, timeoutMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
