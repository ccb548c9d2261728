import type { Segment, SegmentPart } from './segment.ts';
import { bytesOf, type SpoolBatch } from './spool.ts';

/** Records in a row of one segment, which were not handed over. */
export interface Waiting extends SegmentPart {
  readonly segment: Segment;
  readonly length: number;
  /** How many they are; undefined: they are what an earlier process has left. */
  readonly records: number | undefined;
  /** The only one of them, where it is in memory as well. */
  readonly batch: SpoolBatch | undefined;
}

/**
 * What waits in a spool, oldest first. A little of it is in memory as well; of the rest there is one object for all
 * records in a row: a spool that is full takes no more memory than one that is not.
 */
export class WaitingRecords {
  readonly #memoryLimit: number;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #memory = 0;

  /** `memoryLimit`: about how many bytes of it are in memory as well. */
  constructor(memoryLimit: number) {
    this.#memoryLimit = memoryLimit;
  }

  get first(): Waiting | undefined {
    return this.#waiting[0];
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A segment that an earlier process has left. */
  addLeft(segment: Segment): void {
    this.#waiting.push({ segment, start: 0, length: segment.bytes, records: undefined, batch: undefined });
    this.#bytes += segment.bytes;
  }

  /** A record that was just written. */
  add(segment: Segment, { start, length }: SegmentPart, batch: SpoolBatch): void {
    this.#bytes += length;
    const last = this.#waiting.at(-1);
    if (this.#memory < this.#memoryLimit) {
      this.#memory += bytesOf(batch);
      this.#waiting.push({ segment, start, length, records: 1, batch });
    } else if (last?.segment === segment && last.batch === undefined && last.records !== undefined) {
      const more = { length: last.length + length, records: last.records + 1 };
      this.#waiting[this.#waiting.length - 1] = { ...last, ...more };
    } else this.#waiting.push({ segment, start, length, records: 1, batch: undefined });
  }

  shift(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#bytes -= first.length;
    if (first.batch !== undefined) this.#memory -= bytesOf(first.batch);
  }
}
