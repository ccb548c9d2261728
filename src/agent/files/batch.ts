import type { LogEntry } from '../../logs/entry.ts';
import type { EventBatch } from '../ports.ts';
import { NO_COUNTS, type Slice, sumOfCounts } from './slice.ts';

const MAX_ENTRIES = 1_000;
const MAX_UNITS = 4_000_000;

/** A batch of slices, and whether the state must be written before it is handed over. */
export interface FileBatch {
  readonly batch: EventBatch;
  readonly mustSave: boolean;
}

/** Puts slices together to batches. */
export class Batching {
  #slices: Slice[] = [];
  #entries = 0;
  #units = 0;

  /** The batch that is full without this slice; undefined if it is in it. */
  add(slice: Slice): FileBatch | undefined {
    const units = unitsOf(slice.entries);
    const isFull = this.#entries + slice.entries.length > MAX_ENTRIES || this.#units + units > MAX_UNITS;
    const full = isFull ? this.take() : undefined;
    this.#slices.push(slice);
    this.#entries += slice.entries.length;
    this.#units += units;
    return full;
  }

  /** What there is; undefined if there is nothing. */
  take(): FileBatch | undefined {
    const slices = this.#slices;
    if (slices.length === 0) return undefined;
    this.#slices = [];
    this.#entries = 0;
    this.#units = 0;
    const entries = slices.flatMap((slice) => slice.entries);
    const counts = slices.reduce((sum, slice) => sumOfCounts(sum, slice.counts), NO_COUNTS);
    return {
      batch: {
        entries,
        counts,
        place: slices.map(({ reading, mark }): FilePlace => ({ reading, mark })),
      },
      mustSave: slices.some(({ mustSave }) => mustSave),
    };
  }
}

/** Where one file is, once the batch is confirmed. */
export type FilePlace = Pick<Slice, 'reading' | 'mark'>;

function unitsOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { payload, tags }) => sum + payload.length + (tags?.length ?? 0), 0);
}
