import { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import { type LogStore, StoreError } from '../../pipeline/ports.ts';

/** Rows, and characters of their text, that are written in one transaction. */
const USUAL_ROWS = 5_000;
const TEXT_AT_ONCE = 8 * 1024 ** 2;
/** Transactions under way at once, as of a worker. */
const AT_ONCE = 2;
/** Of so many refused rows the table is at fault, or the database is no place for these. */
const MAX_REFUSED = 1_000;

/** A row that the database refuses, whatever it is written with. */
export interface RefusedEntry {
  readonly entry: LogEntry;
  readonly reason: string;
}

/** What became of the entries that were written. */
export interface Written {
  readonly stored: number;
  /** They were there before. */
  readonly duplicates: number;
  readonly refused: readonly RefusedEntry[];
}

/**
 * Writes entries as a worker does, in transactions of some thousand, two at a time. What of them the database
 * refuses is told apart, and the others are written.
 */
export class RowWriter {
  readonly #store: Pick<LogStore, 'write'>;
  readonly #batchRows: number;
  readonly #open = new Set<Promise<void>>();
  readonly #refused: RefusedEntry[] = [];
  #batch: LogEntry[] = [];
  #text = 0;
  #stored = 0;
  #duplicates = 0;

  /** @param store Tries again by itself what may pass later. */
  constructor(store: Pick<LogStore, 'write'>, batchRows = USUAL_ROWS) {
    this.#store = store;
    this.#batchRows = batchRows;
  }

  /** What was written until now, by transactions that are over. */
  get written(): Written {
    return { stored: this.#stored, duplicates: this.#duplicates, refused: this.#refused };
  }

  /** Takes entries; waits while enough is under way. Rejects if a write failed, with what it failed with. */
  async add(entries: Iterable<LogEntry>): Promise<void> {
    for (const entry of entries) {
      this.#batch.push(entry);
      this.#text += entry.payload.length + (entry.tags?.length ?? 0);
      if (this.#batch.length >= this.#batchRows || this.#text >= TEXT_AT_ONCE) await this.#begin();
    }
  }

  /** Writes what is left, and waits for all. */
  async end(): Promise<void> {
    if (this.#batch.length > 0) await this.#begin();
    await Promise.all(this.#open);
  }

  /** Waits for what is under way, whatever becomes of it: nothing is written afterwards. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  async #begin(): Promise<void> {
    while (this.#open.size >= AT_ONCE) await Promise.race(this.#open);
    const batch = this.#batch;
    this.#batch = [];
    this.#text = 0;
    const write = this.#write(batch);
    this.#open.add(write);
    // A failure stays where `add` and `end` find it.
    write.then(
      () => this.#open.delete(write),
      () => undefined,
    );
  }

  /** Halves what is refused until the rows stand alone. */
  async #write(batch: readonly LogEntry[]): Promise<void> {
    try {
      const { stored, duplicates } = await this.#store.write(batch);
      this.#stored += stored;
      this.#duplicates += duplicates;
    } catch (error) {
      if (!(error instanceof StoreError) || error.verdict !== 'row') throw error;
      const [entry] = batch;
      if (entry !== undefined && batch.length === 1) {
        this.#refuse(entry, error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#write(batch.slice(0, middle));
      await this.#write(batch.slice(middle));
    }
  }

  #refuse(entry: LogEntry, error: StoreError): void {
    this.#refused.push({ entry, reason: `${error.code}: ${error.message}` });
    if (this.#refused.length >= MAX_REFUSED)
      throw new LmsError(
        'DATABASE_FAILED',
        `the database refuses one row after the other: ${error.message}`,
        {
          cause: error,
        },
      );
  }
}
