import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReadRecords, readRecords, recordOf } from './records.ts';
import type { SpoolBatch } from './spool.ts';

const MODE = 0o600;
const DIGITS = 16;
const NAME = /^([0-9a-f]{16})\.spool$/;

/** The number of a segment that is called so; undefined: it is none. */
export function segmentNumber(name: string): number | undefined {
  const [, digits] = NAME.exec(name) ?? [];
  const number = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A part of a segment. */
export interface SegmentPart {
  readonly start: number;
  readonly length: number;
}

/** A file of records. It is deleted as a whole. */
export class Segment {
  readonly number: number;
  readonly path: string;
  /** Records that were handed over or are to be, and those of them that are confirmed. */
  records = 0;
  confirmed = 0;
  bytes: number;
  /** Nothing more is written to it. */
  isClosed: boolean;
  /** Of an earlier process, which wrote how many records nobody knows yet. */
  isUnread: boolean;
  #file: FileHandle | undefined;
  #isBusy = false;
  #isDirty = false;

  /** `leftBytes`: of one that an earlier process has left. */
  constructor(directory: string, number: number, leftBytes?: number) {
    this.number = number;
    this.path = join(directory, `${number.toString(16).padStart(DIGITS, '0')}.spool`);
    this.bytes = leftBytes ?? 0;
    this.isClosed = leftBytes !== undefined;
    this.isUnread = leftBytes !== undefined;
  }

  /** Whether it can be deleted: nothing in it is needed, and nothing is being written to it. */
  get isDone(): boolean {
    return this.isClosed && !this.isUnread && !this.#isBusy && this.confirmed >= this.records;
  }

  /** Rejects if it cannot be written: then it is as before, or closed if even that cannot be had. */
  async append(batch: SpoolBatch): Promise<SegmentPart> {
    const record = recordOf(batch);
    const start = this.bytes;
    this.#isBusy = true;
    try {
      const file = (this.#file ??= await open(this.path, 'a', MODE));
      await this.#write(file, record);
      this.bytes += record.length;
      this.records += 1;
      this.#isDirty = true;
    } finally {
      this.#isBusy = false;
    }
    return { start, length: record.length };
  }

  /** The records of a part. Rejects if the file cannot be read. */
  async read({ start, length }: SegmentPart): Promise<ReadRecords> {
    const file = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
      return readRecords(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
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

  async #write(file: FileHandle, record: Buffer): Promise<void> {
    try {
      for (let at = 0; at < record.length;) {
        const { bytesWritten } = await file.write(record, at, record.length - at);
        at += bytesWritten;
      }
    } catch (error) {
      // Half a record in its midst would put those behind it in the wrong place.
      await file.truncate(this.bytes).catch(() => {
        this.isClosed = true;
      });
      throw error;
    }
  }
}
