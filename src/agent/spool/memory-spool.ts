import { Bell } from '../files/bell.ts';
import type { EventBatch } from '../ports.ts';
import { bytesOf, type Spool, type SpoolBatch } from './spool.ts';

const LOOK_MS = 60_000;

/** Keeps little, and in memory alone. */
export class MemorySpool implements Spool {
  readonly isKept = false;
  readonly problem = undefined;
  readonly counters = {};
  readonly #limit: number;
  #waiting: SpoolBatch[] = [];
  readonly #confirmable: number[] = [];
  #bytes = 0;
  #hasEnded = false;
  readonly #came = new Bell();
  readonly #went = new Bell();

  /** `limit`: bytes of what is not confirmed. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waitingBytes(): number {
    return this.#waiting.reduce((sum, batch) => sum + bytesOf(batch), 0);
  }

  async room(stop: AbortSignal): Promise<void> {
    while (this.#bytes >= this.#limit && !stop.aborted) await this.#went.wait(LOOK_MS, stop);
  }

  /** The batch that fills it is taken whole: so one of any size is. */
  append(batch: SpoolBatch, mustFit = false): Promise<boolean> {
    if (this.#bytes >= this.#limit && !mustFit) return Promise.resolve(false);
    this.#waiting.push(batch);
    this.#bytes += bytesOf(batch);
    this.#came.ring();
    return Promise.resolve(true);
  }

  end(): void {
    this.#hasEnded = true;
    this.#came.ring();
  }

  /** Cannot be had again: so it is handed over to the end, also when it is to stop. */
  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    for (;;) {
      const [batch] = this.#waiting;
      if (batch !== undefined) {
        this.#waiting.shift();
        const bytes = bytesOf(batch);
        this.#confirmable.push(bytes);
        yield { ...batch, place: undefined };
      } else if (this.#hasEnded) return;
      else await this.#came.wait(LOOK_MS, stop.aborted ? NEVER : stop);
    }
  }

  confirm(): Promise<void> {
    this.#bytes -= this.#confirmable.shift() ?? 0;
    this.#went.ring();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#waiting = [];
    return Promise.resolve();
  }
}

const NEVER = new AbortController().signal;
