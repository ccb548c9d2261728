import { bytesOf, countTogether, type Spool, type SpoolBatch, together } from '../spool/spool.ts';

/** What does not fit is waited for, or lost and counted. */
export interface GathererOptions {
  readonly spool: Spool;
  /** Whether whoever sends cannot be held up: what there is no room for is lost. */
  readonly isLossy: boolean;
}

interface Part extends SpoolBatch {
  readonly settle: (isTaken: boolean) => void;
}

/** What waits to be written: with more, whoever sends is held up, or loses it where he cannot be. */
const MAX_WAITING_BYTES = 8_000_000;

/** Puts together what comes from many connections, while the spool writes what came before. */
export class Gatherer {
  readonly #options: GathererOptions;
  #parts: Part[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #waiting: (() => void)[] = [];
  readonly #stop: AbortSignal;

  /** Once `stop` is aborted nothing waits for room any more. */
  constructor(options: GathererOptions, stop: AbortSignal) {
    this.#options = options;
    this.#stop = stop;
  }

  /** Resolves once it is in the spool: to whether it is. */
  add(batch: SpoolBatch): Promise<boolean> {
    const bytes = bytesOf(batch);
    if (this.#options.isLossy && this.#bytes + bytes > MAX_WAITING_BYTES) return Promise.resolve(false);
    return new Promise((settle) => {
      this.#parts.push({ ...batch, settle });
      this.#bytes += bytes;
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  /**
   * Resolves once more may be added, so that what very many connections say is not made to entries all at once while
   * they wait. At once where whoever sends cannot be held up.
   */
  async room(): Promise<void> {
    while (!this.#options.isLossy && this.#bytes >= MAX_WAITING_BYTES && !this.#stop.aborted)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
  }

  /** Resolves once all that was added is settled. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What comes in the same turn goes together.
    await Promise.resolve();
    while (this.#parts.length > 0) {
      const parts = this.#next();
      const isTaken = await this.#append(together(parts));
      for (const { settle } of parts) settle(isTaken);
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  async #append(batch: SpoolBatch): Promise<boolean> {
    const { spool, isLossy } = this.#options;
    while (!(await spool.append(batch))) {
      if (isLossy) return false;
      // What was received already is a little more than there is room for, and cannot be had again.
      if (this.#stop.aborted) return spool.append(batch, true);
      await spool.room(this.#stop);
    }
    return true;
  }

  #next(): Part[] {
    const parts = this.#parts.splice(0, countTogether(this.#parts));
    for (const part of parts) this.#bytes -= bytesOf(part);
    return parts;
  }
}
