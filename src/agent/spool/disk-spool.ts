import { hash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LmsError } from '../../errors/catalogue.ts';
import { Bell } from '../files/bell.ts';
import { whyOf } from '../files/faults.ts';
import { makeDirectory } from '../files/make-directory.ts';
import type { EventBatch } from '../ports.ts';
import { memoryOf, Segment, segmentNumber, type SegmentRecord } from './segment.ts';
import type { Spool, SpoolBatch } from './spool.ts';

/** How a spool is kept. */
export interface DiskSpoolOptions {
  /** Of this spool alone. */
  readonly directory: string;
  /** Bytes of all that is not confirmed. */
  readonly limit: number;
  /** Told what a person should know. */
  readonly onNotice: (text: string) => void;
}

/** A segment is full with so many bytes, or with an eighth of the limit. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** So much of what waits is in memory as well: what is sent at once is not read. */
const MEMORY_BYTES = 8 * 1024 * 1024;
/** A power cut costs what came in so long before it. A crash of the process costs nothing. */
const SYNC_MS = 1_000;
const LOOK_MS = 1_000;

/**
 * Keeps what came in on the disk until it is confirmed: so a crash of the process loses none of it, and what is sent
 * twice then has the same identities. What is damaged is passed over, counted and said.
 */
export class DiskSpool implements Spool {
  readonly isKept = true;
  readonly #options: DiskSpoolOptions;
  readonly #segmentBytes: number;
  /** Oldest first; the last is written to. */
  readonly #segments: Segment[] = [];
  /** Of an earlier process: not read yet. */
  readonly #left: Segment[] = [];
  readonly #waiting: SegmentRecord[] = [];
  /** Handed over and not confirmed. */
  readonly #open: Segment[] = [];
  readonly #came = new Bell();
  readonly #went = new Bell();
  readonly #timer: NodeJS.Timeout;
  #memory = 0;
  #bytes = 0;
  #damaged = 0;
  #torn = 0;
  #hasEnded = false;
  #problem: string | undefined;
  #lastNumber: number;

  private constructor(options: DiskSpoolOptions, left: readonly Segment[]) {
    this.#options = options;
    this.#segmentBytes = Math.min(SEGMENT_BYTES, Math.ceil(options.limit / 8));
    this.#left.push(...left);
    this.#segments.push(...left);
    this.#lastNumber = left.at(-1)?.number ?? 0;
    this.#bytes = left.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#timer = setInterval(() => {
      void this.#sync();
    }, SYNC_MS);
    this.#timer.unref();
  }

  /** Makes its directory if there is none. Rejects with `LmsError` STATE if it cannot be used. */
  static async open(options: DiskSpoolOptions): Promise<DiskSpool> {
    const { directory, onNotice } = options;
    try {
      await makeDirectory(directory);
      const left = await segmentsIn(directory);
      const spool = new DiskSpool(options, left);
      if (spool.bytes > 0) onNotice(`${spool.bytes} bytes that an earlier run has left are sent first.`);
      return spool;
    } catch (error) {
      throw new LmsError('STATE', `The spool ${directory} cannot be used: ${whyOf(error)}.`, {
        cause: error,
      });
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get counters(): Readonly<Record<string, number>> {
    return {
      spooled_bytes: this.#bytes,
      spool_segments: this.#segments.length,
      spool_torn_bytes: this.#torn,
      spool_damaged_bytes: this.#damaged,
    };
  }

  async room(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && (this.#bytes >= this.#options.limit || this.#problem !== undefined)) {
      await this.#went.wait(LOOK_MS, stop);
      // What could not be written is tried again by whoever appends.
      if (this.#bytes < this.#options.limit) return;
    }
  }

  async append(batch: SpoolBatch, mustFit = false): Promise<boolean> {
    if (this.#bytes >= this.#options.limit && !mustFit) return false;
    try {
      const segment = await this.#segmentToWrite();
      const record = await segment.append(batch, this.#memory < MEMORY_BYTES);
      this.#memory += memoryOf(record);
      this.#bytes += record.length;
      this.#waiting.push(record);
      this.#problem = undefined;
      this.#came.ring();
      return true;
    } catch (error) {
      this.#problem = `the spool cannot be written: ${whyOf(error)}`;
      return false;
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#came.ring();
  }

  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    while (!stop.aborted) {
      const [left] = this.#left;
      const [record] = this.#waiting;
      if (left !== undefined) {
        yield* this.#leftIn(left, stop);
      } else if (record !== undefined) {
        this.#waiting.shift();
        this.#memory -= memoryOf(record);
        const batch = await this.#batchOf(record);
        this.#open.push(record.segment);
        yield batch;
      } else if (this.#hasEnded) return;
      else await this.#came.wait(LOOK_MS, stop);
    }
  }

  async confirm(): Promise<void> {
    const segment = this.#open.shift();
    if (segment === undefined) return;
    segment.confirmed += 1;
    // One that is written to, and has nothing left, begins anew when it is large.
    if (segment.confirmed === segment.records && segment.bytes >= this.#segmentBytes / 8)
      segment.isClosed = true;
    await this.#removeDone();
  }

  /** What is confirmed is deleted, all else stays for the next run. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const segment of this.#segments) segment.isClosed = segment.confirmed === segment.records;
    for (const left of this.#left) left.isClosed = false;
    await this.#removeDone();
    for (const segment of this.#segments) {
      await segment.sync().catch(() => undefined);
      await segment.closeFile();
    }
  }

  async #removeDone(): Promise<void> {
    for (const segment of this.#segments.filter(({ isDone }) => isDone)) {
      if (this.#left.includes(segment)) continue;
      this.#segments.splice(this.#segments.indexOf(segment), 1);
      this.#bytes -= segment.bytes;
      await segment.remove();
      this.#went.ring();
    }
  }

  async *#leftIn(segment: Segment, stop: AbortSignal): AsyncGenerator<EventBatch> {
    const { batches, tornBytes, damagedBytes } = await segment.readAll();
    this.#left.shift();
    this.#tell(segment, tornBytes, damagedBytes);
    for (const batch of batches) {
      if (stop.aborted) return;
      this.#open.push(segment);
      yield { ...batch, place: undefined };
    }
    if (batches.length === 0) await this.#removeDone();
  }

  async #batchOf(record: SegmentRecord): Promise<EventBatch> {
    const batch = record.batch ?? (await record.segment.read(record));
    if (batch !== undefined) return { ...batch, place: undefined };
    this.#tell(record.segment, 0, record.length);
    return { entries: [], counts: NO_COUNTS, place: undefined };
  }

  #tell({ path }: Segment, tornBytes: number, damagedBytes: number): void {
    this.#torn += tornBytes;
    this.#damaged += damagedBytes;
    if (tornBytes > 0)
      this.#options.onNotice(`${tornBytes} bytes at the end of ${path} were cut off by a crash.`);
    if (damagedBytes > 0)
      this.#options.onNotice(`${damagedBytes} bytes in ${path} are damaged, and were left out.`);
  }

  async #segmentToWrite(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last !== undefined && !last.isClosed && last.bytes < this.#segmentBytes) return last;
    if (last !== undefined && !last.isClosed) {
      last.isClosed = true;
      await last.sync();
      await this.#removeDone();
    }
    // Never one that was there before: its file may just be deleted.
    this.#lastNumber += 1;
    const segment = new Segment(this.#options.directory, this.#lastNumber, 0, false);
    this.#segments.push(segment);
    return segment;
  }

  async #sync(): Promise<void> {
    await this.#segments
      .at(-1)
      ?.sync()
      .catch(() => undefined);
  }
}

const NO_COUNTS = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };

async function segmentsIn(directory: string): Promise<Segment[]> {
  const numbers = (await readdir(directory)).map(segmentNumber).filter((number) => number !== undefined);
  const segments: Segment[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const segment = new Segment(directory, number, 0, true);
    segment.bytes = (await stat(segment.path)).size;
    segments.push(segment);
  }
  return segments;
}

/** The directory of the spool of an input, below that of the state: by its name, as it was written. */
export function spoolDirectory(stateDirectory: string, name: string): string {
  const readable = name.replace(/[^\w.-]+/g, '_').slice(0, 60);
  return join(stateDirectory, 'spool', `${readable}-${hash('sha256', name).slice(0, 12)}`);
}
