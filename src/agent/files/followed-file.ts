import { codeOf, isAbsent } from './faults.ts';
import type { FileReading } from './file-reading.ts';
import type { Now } from './now.ts';
import { NulTail } from './nul-tail.ts';
import type { FileRecord } from './record.ts';
import type { Slice } from './slice.ts';
import type { FileStat, SourceFile } from './source-file.ts';
import { isSpan, lastOf, SPAN_BYTES } from './span.ts';

/** What came of reading on. */
export type Read =
  /** There may be more: some slices, or none if all of it is in events that are not at their end. */
  | { readonly outcome: 'more'; readonly slices: readonly Slice[] }
  | { readonly outcome: 'end' }
  /** The file holds something else now: it was truncated, and perhaps written anew. */
  | { readonly outcome: 'replaced' }
  | { readonly outcome: 'failed'; readonly error: unknown };

/** How a file is followed. */
export interface Following {
  /** Whether it is read to the end of what is there now. */
  readonly once: boolean;
  /** Whether it was found at a place to which files are rotated away. */
  readonly wasRotated: boolean;
}

const LF = 0x0a;
/**
 * Some hundred lines: they are sent before the next are read. Eight times as much at once keeps so many objects alive
 * that the garbage collector works twice as long.
 */
const READ_BYTES = 64 * 1024;
const MIN_READ_BYTES = 4 * 1024;
const STALE: ReadonlySet<string> = new Set(['ESTALE', 'EBADF', 'ENXIO', 'ENODEV']);

/** A file that is read as it grows, wherever it goes. */
export class FollowedFile {
  readonly reading: FileReading;
  /** Where its bytes are; undefined while they are not found, or not open. */
  source: SourceFile | undefined;
  /** Device and inode of where they are, or were. */
  key: string;
  /** The paths that lead to it, of those that the input is to read. */
  readonly names = new Set<string>();
  #isAtEnd = false;
  /** Of who reads once: where that ends, behind the line that stands there. Whatever is written meanwhile is for the next. */
  readonly #endAt: number;
  /** When it grew last, or was found, by the monotonic clock. */
  grewAtMs: number;
  /** Since when no name leads to it. */
  deletedAtMs: number | undefined;
  /** When it is looked at next, if no path leads to it. */
  lookAtMs = 0;
  /** Until when it is left alone, because it could not be read. */
  retryAtMs = 0;
  /** Whether it was closed to make room, and is most likely where it was. */
  isParked = false;
  /** Whether its path is not what it was when it was opened. */
  isRenamed = false;
  #isFlushed = false;
  #nuls = new NulTail();
  /** Bytes behind what was read that are none of the text, as far as is known. */
  #nulBytes = 0;
  readonly #wasRotated: boolean;
  #isDone = false;
  #seen: Pick<FileStat, 'size' | 'modifiedMs'> = { size: -1, modifiedMs: 0 };

  constructor(reading: FileReading, source: SourceFile, nowMs: number, how: Following) {
    this.reading = reading;
    this.#wasRotated = how.wasRotated;
    this.#endAt = how.once && !source.isGzip ? source.stat.size : Infinity;
    this.source = source;
    this.key = source.stat.key;
    this.grewAtMs = nowMs;
  }

  get record(): FileRecord {
    return this.reading.record;
  }

  /** Whether all was read that was there when it was looked at last, or that is to be read. */
  get isAtEnd(): boolean {
    return this.#isDone || this.#isAtEnd;
  }

  set isAtEnd(isAtEnd: boolean) {
    this.#isAtEnd = isAtEnd;
  }

  /** Whether it is not at the place at which it is written: what is half a line there stays so. */
  get isRotated(): boolean {
    return this.#wasRotated || !this.names.has(this.record.path) || this.source?.isGzip === true;
  }

  /** Bytes that are there and were not read, as far as is known. */
  get unreadBytes(): number {
    return Math.max(0, this.record.size - this.reading.position - this.#nulBytes);
  }

  /** Has its bytes in this file from now on. */
  moveTo(source: SourceFile, nowMs: number): void {
    this.source = source;
    this.isParked = false;
    this.#nuls = new NulTail();
    this.#nulBytes = 0;
    this.key = source.stat.key;
    this.isAtEnd = false;
    this.grewAtMs = nowMs;
    this.deletedAtMs = undefined;
    this.noteStat();
  }

  /** Whether it is not as it was when it was read last. */
  isOtherThan({ size, modifiedMs }: Pick<FileStat, 'size' | 'modifiedMs'>): boolean {
    return size !== this.#seen.size || modifiedMs !== this.#seen.modifiedMs;
  }

  /** Keeps in its record where it is and how it stands. */
  noteStat(): void {
    const { record, source } = this;
    if (source === undefined) return;
    const { inode, bornMs, modifiedMs } = source.stat;
    this.#seen = source.stat;
    const size = source.isGzip ? record.size : source.stat.size;
    const home = {
      path: source.path,
      inode,
      bornMs: bornMs ?? (record.home.inode === inode ? record.home.bornMs : undefined),
    };
    const isSame =
      size === record.size &&
      modifiedMs === record.modifiedMs &&
      home.path === record.home.path &&
      inode === record.home.inode &&
      home.bornMs === record.home.bornMs &&
      record.goneMs === undefined;
    if (!isSame) this.reading.foundAt({ home, size, modifiedMs, goneMs: undefined });
  }

  /** Reads on, a little. */
  async read(now: Now): Promise<Read> {
    const { source } = this;
    if (source === undefined) return { outcome: 'end' };
    // Said before, so that a hint that comes meanwhile is not forgotten.
    this.isAtEnd = true;
    try {
      const bytes = await this.#next(source);
      if (bytes === undefined) return { outcome: 'replaced' };
      this.noteStat();
      this.#nulBytes = 0;
      if (bytes.length === 0) {
        this.#nulBytes = this.unreadBytes;
        return { outcome: 'end' };
      }
      this.isAtEnd = false;
      this.grewAtMs = now.ms;
      this.#isFlushed = false;
      const wanted = this.#toTheEnd(bytes);
      return { outcome: 'more', slices: this.reading.take(wanted, now.unixMs) };
    } catch (error) {
      this.isAtEnd = false;
      if (STALE.has(codeOf(error)) || isAbsent(error)) await this.rest();
      return { outcome: 'failed', error };
    }
  }

  /** Whether something waits for what may not come. */
  get mayFlush(): boolean {
    return !this.#isFlushed && this.reading.isPending;
  }

  /** What waits for what does not come, once it has waited for `waitMs`. */
  flushIdle(waitMs: number, { ms, unixMs }: Now): readonly Slice[] {
    if (!this.mayFlush || ms - this.grewAtMs < waitMs) return [];
    this.#isFlushed = true;
    return this.reading.flush(this.isRotated ? 'line' : 'events', unixMs);
  }

  /** Waits anew for what is half a line: it is known only now that nobody goes on with it. */
  waitAnew(): void {
    this.#isFlushed = false;
  }

  /** Holds it open no longer until it is read again: others need the room. */
  async park(): Promise<void> {
    await this.rest();
    this.isParked = true;
  }

  /** Holds it open no longer. */
  async rest(): Promise<void> {
    const { source } = this;
    this.source = undefined;
    await source?.close();
  }

  /** Up to where who reads once is to stop, if it is in these bytes. */
  #toTheEnd(bytes: Buffer): Buffer {
    const last = this.#endAt - this.reading.position - 1;
    const feed = last < bytes.length ? bytes.indexOf(LF, Math.max(0, last)) : -1;
    // In UTF-16, which has NULs, it may be no line feed: there it is read to where its writer rests.
    if (feed === -1 || bytes.includes(0)) return bytes;
    this.#isDone = true;
    return bytes.subarray(0, feed + 1);
  }

  /** The bytes that follow; empty at the end, undefined if those before them are not what was read. */
  async #next(source: SourceFile): Promise<Buffer | undefined> {
    const { position } = this.reading;
    // It is known already that there is more: it is looked at again when that was read.
    const { size } = source.stat.size - position > READ_BYTES ? source.stat : await source.look();
    const before = lastOf(this.reading.window, SPAN_BYTES);
    const room = source.isGzip ? READ_BYTES : Math.max(MIN_READ_BYTES, Math.min(READ_BYTES, size - position));
    const from = position - before.length;
    const read = await source.read(from, before.length + room);
    if (!read.subarray(0, before.length).equals(before)) return undefined;
    // Before anything was read, only its head tells that it is the file that was found.
    if (position === 0 && !hasHead(this.record, read)) return undefined;
    const bytes = read.subarray(before.length);
    if (bytes.length === 0 && source.failure !== undefined) throw source.failure as Error;
    if (bytes.length === 0 || source.isGzip) return bytes;
    const sure = await this.#nuls.sure(bytes, position, source);
    // It may have been truncated and written anew while it was read: then this is not what comes behind that.
    const first = read.subarray(0, Math.min(SPAN_BYTES, before.length + sure.length));
    return (await source.read(from, first.length)).equals(first) ? sure : undefined;
  }
}

/** Whether the file has the bytes of this record: its first ones, and those before the offset. */
export async function hasBytesOf(record: FileRecord, source: SourceFile, head: Buffer): Promise<boolean> {
  const { offset, before } = record;
  return hasHead(record, head) && isSpan(before, await source.read(offset - before.bytes, before.bytes));
}

/** The same of a file that is being read: those before the place that was read to. */
export async function hasBytesRead(
  { record, position, window }: FileReading,
  source: SourceFile,
  head: Buffer,
): Promise<boolean> {
  return hasHead(record, head) && (await source.hasBefore(position, window));
}

function hasHead({ head: known }: FileRecord, head: Buffer): boolean {
  return isSpan(known, head.subarray(0, known.bytes));
}
