import type { Spool, SpoolBatch } from '../spool/spool.ts';
import { bytesOf } from '../spool/spool.ts';

/** What does not fit is waited for, or lost and counted. */
export interface GathererOptions {
  readonly spool: Spool;
  /** Whether whoever sends cannot be held up: what there is no room for is lost. */
  readonly isLossy: boolean;
}

interface Part extends SpoolBatch {
  readonly settle: (isTaken: boolean) => void;
}

const MAX_ENTRIES = 1_000;
const MAX_BYTES = 2_000_000;
/** What waits to be written, where whoever sends cannot be held up. */
const MAX_WAITING_BYTES = 8_000_000;

/** Puts together what comes from many connections, while the spool writes what came before. */
export class Gatherer {
  readonly #options: GathererOptions;
  #parts: Part[] = [];
  #bytes = 0;
  #writing: Promise<void> | undefined;
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
    let [entries, bytes, count] = [0, 0, 0];
    for (const part of this.#parts) {
      entries += part.entries.length;
      bytes += bytesOf(part);
      if (count > 0 && (entries > MAX_ENTRIES || bytes > MAX_BYTES)) break;
      count += 1;
    }
    const parts = this.#parts.splice(0, count);
    for (const part of parts) this.#bytes -= bytesOf(part);
    return parts;
  }
}

function together(parts: readonly Part[]): SpoolBatch {
  const counts = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };
  for (const { counts: own } of parts)
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += own[name];
  return { entries: parts.flatMap(({ entries }) => entries), counts };
}
