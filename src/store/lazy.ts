/** Opens something once somebody needs it: a server that is only read from needs no more than a reader. */
export class Lazy<T extends { close(): Promise<void> }> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | undefined;

  /** `open`: what fails is tried again. */
  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** What failed is tried again by the next who needs it. */
  opened(): Promise<T> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Closes it if it was opened. */
  async close(): Promise<void> {
    await (await this.#opening?.catch(() => undefined))?.close();
  }
}
