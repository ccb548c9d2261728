import { readdir, stat } from 'node:fs/promises';
import { LmsError } from '../../errors/catalogue.ts';
import { Bell } from '../files/bell.ts';
import { whyOf } from '../files/faults.ts';
import { makeDirectory } from '../files/make-directory.ts';
import type { EventBatch } from '../ports.ts';
import type { ReadRecords } from './records.ts';
import { Segment, segmentNumber } from './segment.ts';
import { grouped, type Spool, type SpoolBatch } from './spool.ts';
import { type Waiting, WaitingRecords } from './waiting-records.ts';

/** How a spool is kept. */
export interface DiskSpoolOptions {
  /** Of this spool alone. */
  readonly directory: string;
  /** Bytes of all that is not confirmed. */
  readonly limit: number;
  /** Told what a person should know. */
  readonly onNotice: (text: string) => void;
}

/** Records that were handed over together and are not confirmed. */
interface HandedOver {
  readonly segment: Segment;
  readonly records: number;
}

/** A segment is full with so many bytes, or with an eighth of the limit. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** So much of what waits is in memory as well: what is sent at once is not read. */
const MEMORY_BYTES = 8 * 1024 * 1024;
/** A power cut costs what came in so long before it. A crash of the process costs nothing. */
const SYNC_MS = 1_000;
const LOOK_MS = 1_000;
const NEVER = new AbortController().signal;

/**
 * Keeps what came in on the disk until it is confirmed: so a crash of the process loses none of it, and what is sent
 * twice then has the same identities. What is damaged is passed over, counted and said.
 */
export class DiskSpool implements Spool {
  readonly isKept = true;
  readonly #options: DiskSpoolOptions;
  readonly #segmentBytes: number;
  /** Oldest first. */
  #segments: Segment[];
  /** What is written to. */
  #current: Segment | undefined;
  readonly #waiting = new WaitingRecords(MEMORY_BYTES);
  readonly #open: HandedOver[] = [];
  readonly #came = new Bell();
  readonly #went = new Bell();
  readonly #timer: NodeJS.Timeout;
  /** How large what is written to was when it was looked at last. */
  #settledBytes = 0;
  #bytes = 0;
  #damaged = 0;
  #torn = 0;
  #hasEnded = false;
  #problem: string | undefined;
  #lastNumber: number;

  private constructor(options: DiskSpoolOptions, left: readonly Segment[]) {
    this.#options = options;
    this.#segmentBytes = Math.min(SEGMENT_BYTES, Math.ceil(options.limit / 8));
    this.#segments = [...left];
    for (const segment of left) this.#waiting.addLeft(segment);
    this.#lastNumber = left.at(-1)?.number ?? 0;
    this.#bytes = left.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#timer = setInterval(() => {
      void this.#settle();
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

  get waitingBytes(): number {
    return this.#waiting.bytes;
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
      // What is confirmed in between closes none that is about to be written to.
      const segment = this.#writable() ?? (await this.#nextSegment());
      const part = await segment.append(batch);
      this.#bytes += part.length;
      this.#waiting.add(segment, part, batch);
      this.#problem = undefined;
      this.#came.ring();
      return true;
    } catch (error) {
      this.#problem = `the spool cannot be written: ${whyOf(error)}`;
      await this.#removeDone();
      return false;
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#came.ring();
  }

  /** Told to stop, it hands over what has just come in: what is on the disk alone is for the next run. */
  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    for (;;) {
      const { first } = this.#waiting;
      if (stop.aborted && (first === undefined ? this.#hasEnded : first.batch === undefined)) return;
      if (first !== undefined) {
        this.#waiting.shift();
        yield* this.#handOver(first, stop);
      } else if (this.#hasEnded) return;
      else await this.#came.wait(LOOK_MS, stop.aborted ? NEVER : stop);
    }
  }

  async confirm(): Promise<void> {
    const handedOver = this.#open.shift();
    if (handedOver === undefined) return;
    const { segment, records } = handedOver;
    segment.confirmed += records;
    // One that is written to, and has nothing left, begins anew when it is large.
    if (segment.confirmed === segment.records && segment.bytes >= this.#segmentBytes / 8)
      segment.isClosed = true;
    await this.#removeDone();
  }

  /** What is confirmed is deleted, all else stays for the next run. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const segment of this.#segments) segment.isClosed = true;
    await this.#removeDone();
    await this.#current?.sync().catch(() => undefined);
    await this.#current?.closeFile();
  }

  async *#handOver(waiting: Waiting, stop: AbortSignal): AsyncGenerator<EventBatch> {
    const { segment, batch } = waiting;
    if (batch !== undefined) {
      this.#open.push({ segment, records: 1 });
      yield { ...batch, place: undefined };
      return;
    }
    const found = await this.#read(waiting);
    for (const { batch: together, parts } of grouped(found)) {
      if (stop.aborted) return;
      this.#open.push({ segment, records: parts });
      yield { ...together, place: undefined };
    }
  }

  /** The batches that are still there of what was written. */
  async #read(waiting: Waiting): Promise<readonly SpoolBatch[]> {
    const { segment, records } = waiting;
    let found: ReadRecords;
    try {
      found = await segment.read(waiting);
    } catch (error) {
      this.#leave(segment, `cannot be read: ${whyOf(error)}`);
      return [];
    }
    if (found.isNewer) {
      this.#leave(segment, 'was written by a newer release of lms: it stays there');
      return [];
    }
    this.#tell(segment, found);
    if (records === undefined) {
      segment.records = found.batches.length;
      segment.isUnread = false;
    } else segment.confirmed += Math.max(0, records - found.batches.length);
    await this.#removeDone();
    return found.batches;
  }

  /** It is none of this run's any more. */
  #leave(segment: Segment, why: string): void {
    this.#options.onNotice(`${segment.path} ${why}.`);
    this.#forget(segment);
  }

  /** Keeps what was written through a power cut; deletes it, though it is small, if it is confirmed and nothing came. */
  async #settle(): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    const hasGrown = current.bytes !== this.#settledBytes;
    this.#settledBytes = current.bytes;
    await current.sync().catch(() => undefined);
    if (hasGrown || current.bytes === 0 || current.confirmed < current.records) return;
    current.isClosed = true;
    await this.#removeDone();
  }

  async #removeDone(): Promise<void> {
    const done = this.#segments.filter(({ isDone }) => isDone);
    for (const segment of done) this.#forget(segment);
    for (const segment of done)
      await segment.remove().catch((error: unknown) => {
        const again = 'what is in it will be sent again, as the same';
        this.#options.onNotice(`${segment.path} cannot be deleted: ${whyOf(error)}: ${again}.`);
      });
  }

  #forget(segment: Segment): void {
    if (!this.#segments.includes(segment)) return;
    this.#segments = this.#segments.filter((each) => each !== segment);
    this.#bytes -= segment.bytes;
    this.#went.ring();
  }

  #tell({ path }: Segment, { tornBytes, damagedBytes }: ReadRecords): void {
    this.#torn += tornBytes;
    this.#damaged += damagedBytes;
    if (tornBytes > 0)
      this.#options.onNotice(`${tornBytes} bytes at the end of ${path} were cut off by a crash.`);
    if (damagedBytes > 0)
      this.#options.onNotice(`${damagedBytes} bytes in ${path} are damaged, and were left out.`);
  }

  #writable(): Segment | undefined {
    const last = this.#current;
    return last === undefined || last.isClosed || last.bytes >= this.#segmentBytes ? undefined : last;
  }

  async #nextSegment(): Promise<Segment> {
    const last = this.#current;
    if (last !== undefined) {
      last.isClosed = true;
      await last.sync();
      await last.closeFile();
      await this.#removeDone();
    }
    // Never one that was there before: its file may just be deleted.
    this.#lastNumber += 1;
    const segment = new Segment(this.#options.directory, this.#lastNumber);
    this.#segments.push(segment);
    this.#current = segment;
    return segment;
  }
}

async function segmentsIn(directory: string): Promise<Segment[]> {
  const files = (await readdir(directory, { withFileTypes: true })).filter((each) => each.isFile());
  const numbers = files.map(({ name }) => segmentNumber(name)).filter((number) => number !== undefined);
  const segments: Segment[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const { path } = new Segment(directory, number);
    segments.push(new Segment(directory, number, (await stat(path)).size));
  }
  return segments;
}
