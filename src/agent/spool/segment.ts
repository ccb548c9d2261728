import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord, readRecords, recordOf } from './records.ts';
import { bytesOf, type SpoolBatch } from './spool.ts';

/** A batch that is in a segment. */
export interface SegmentRecord {
  readonly segment: Segment;
  /** What it takes in memory, while it is there as well. */
  readonly batch: SpoolBatch | undefined;
  readonly start: number;
  readonly length: number;
}

const MODE = 0o600;
const DIGITS = 16;
const NAME = /^([0-9a-f]{16})\.spool$/;

/** The number of a segment that is called so; undefined: it is none. */
export function segmentNumber(name: string): number | undefined {
  const [, digits] = NAME.exec(name) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** A file of records. It is deleted as a whole. */
export class Segment {
  readonly number: number;
  readonly path: string;
  /** Records that were handed over or are to be, and those of them that are confirmed. */
  records = 0;
  confirmed = 0;
  bytes: number;
  isClosed: boolean;
  #file: FileHandle | undefined;
  #isDirty = false;

  constructor(directory: string, number: number, bytes: number, isClosed: boolean) {
    this.number = number;
    this.path = join(directory, `${number.toString(16).padStart(DIGITS, '0')}.spool`);
    this.bytes = bytes;
    this.isClosed = isClosed;
  }

  get isDone(): boolean {
    return this.isClosed && this.confirmed >= this.records;
  }

  /** Rejects if it cannot be written: then it is as before. */
  async append(batch: SpoolBatch, keepInMemory: boolean): Promise<SegmentRecord> {
    const record = recordOf(batch);
    const file = (this.#file ??= await open(this.path, 'a+', MODE));
    const start = this.bytes;
    try {
      await writeWhole(file, record);
    } catch (error) {
      await file.truncate(start).catch(() => undefined);
      throw error;
    }
    this.bytes += record.length;
    this.records += 1;
    this.#isDirty = true;
    return { segment: this, batch: keepInMemory ? batch : undefined, start, length: record.length };
  }

  /** Undefined if it is damaged. */
  async read({ start, length }: SegmentRecord): Promise<SpoolBatch | undefined> {
    const file = (this.#file ??= await open(this.path, 'a+', MODE));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return readRecord(buffer.subarray(0, bytesRead));
  }

  /** All that an earlier process has written. */
  async readAll(): Promise<ReturnType<typeof readRecords>> {
    const found = readRecords(await readFile(this.path));
    this.records = found.batches.length;
    return found;
  }

  /** What was written outlives a power cut. */
  async sync(): Promise<void> {
    if (!this.#isDirty || this.#file === undefined) return;
    this.#isDirty = false;
    await this.#file.datasync();
  }

  async closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async remove(): Promise<void> {
    await this.closeFile();
    await rm(this.path, { force: true });
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** What records take in memory that are there as well. */
export function memoryOf({ batch }: SegmentRecord): number {
  return batch === undefined ? 0 : bytesOf(batch);
}
