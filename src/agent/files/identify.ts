import { realpath } from 'node:fs/promises';
import { Copies } from './copies.ts';
import { codeOf, isAbsent, whyOf } from './faults.ts';
import { FileReading, type FileReadingOptions } from './file-reading.ts';
import { FollowedFile, type Following, hasBytesRead } from './followed-file.ts';
import type { FollowedFiles } from './followed-files.ts';
import { findSame, type Unknown } from './matching.ts';
import { MissingFile, type MissingFiles } from './missing-files.ts';
import type { Now } from './now.ts';
import { NulTail } from './nul-tail.ts';
import { type Packed, packedAs } from './packed.ts';
import { type FileRecord, newRecordId } from './record.ts';
import { SourceFile } from './source-file.ts';
import { EMPTY_SPAN, SPAN_BYTES, spanOf } from './span.ts';
import type { FileState } from './state.ts';
import type { FileTiming } from './timing.ts';

/** What an input needs to know files by their bytes. */
export interface IdentifyOptions {
  readonly input: string;
  readonly state: FileState;
  readonly timing: FileTiming;
  /** Whether all ends at the end of what is there. */
  readonly once: boolean;
  readonly readingOf: (path: string) => FileReadingOptions;
  /** Whether a path is one to which the files of another one are rotated away. */
  readonly isRotatedPath: (path: string) => boolean;
  /** Told what a person should know, once. */
  readonly onNotice: (text: string) => void;
}

/** A file that was found, and under which path its lines are known. */
export interface Sighting {
  readonly path: string;
  readonly key: string;
  readonly originalPath: string;
}

const TOO_MANY: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);
/** So many of the last bytes are read again when reading goes on. */
const BEFORE_BYTES = 4 * SPAN_BYTES;

/** Tells what files are that nobody knows yet: one that was read before, a copy of one, or a new one. */
export class Identifier {
  readonly #options: IdentifyOptions;
  readonly #files: FollowedFiles;
  readonly #missing: MissingFiles;
  readonly #problems = new Map<string, { readonly text: string; readonly atMs: number }>();
  readonly #copies: Copies;
  /** How files are compressed that are not read. */
  readonly #leftOut = new Set<string>();
  /** Of files in which nothing was found but NULs, by their keys. */
  readonly #laidOut = new Map<string, NulTail>();

  constructor(files: FollowedFiles, missing: MissingFiles, options: IdentifyOptions) {
    this.#files = files;
    this.#missing = missing;
    this.#options = options;
    const { input, state, timing } = options;
    this.#copies = new Copies(files, { input, state, copyMs: timing.copyMs });
  }

  /** What could not be opened, for a person. */
  get problems(): readonly string[] {
    return Array.from(this.#problems.values(), ({ text }) => text);
  }

  /** What was tried before, and not since then, is not there any more. */
  forget(beforeMs: number): void {
    for (const [path, { atMs }] of this.#problems) if (atMs < beforeMs) this.#problems.delete(path);
  }

  /** How many files were found to be copies. */
  get copies(): number {
    return this.#copies.count;
  }

  /** The file that is to be read on; undefined if there is none, or not yet. */
  async identify(sighting: Sighting, now: Now): Promise<FollowedFile | undefined> {
    await this.#files.makeRoom();
    const source = await this.open(sighting.path, now);
    if (source === undefined) return undefined;
    let file: FollowedFile | undefined;
    try {
      file = await this.#fileOf(source, sighting, now);
    } catch (error) {
      await this.#failed(sighting.path, error, now);
    }
    if (file?.source !== source) await source.close();
    return file;
  }

  /** Undefined if there is no file, or it may not be read. */
  async open(path: string, now: Now): Promise<SourceFile | undefined> {
    try {
      const source = await SourceFile.open(await realpath(path));
      this.#problems.delete(path);
      return source;
    } catch (error) {
      await this.#failed(path, error, now);
      return undefined;
    }
  }

  async #failed(path: string, error: unknown, now: Now): Promise<void> {
    if (TOO_MANY.has(codeOf(error))) await this.#files.makeRoom(true);
    if (isAbsent(error)) this.#problems.delete(path);
    else this.#problems.set(path, { text: `${path}: ${whyOf(error)}`, atMs: now.ms });
  }

  async #fileOf(source: SourceFile, sighting: Sighting, now: Now): Promise<FollowedFile | undefined> {
    const { state, input } = this.#options;
    const { key, inode } = source.stat;
    if (this.#files.at(key) !== undefined || !state.claims.isFree(key, input)) return undefined;
    if (sighting.path === sighting.originalPath && state.claims.isForAnother(sighting.path, input))
      return undefined;
    const head = await source.head();
    const packed = packedAs(source.path, head);
    if (packed !== undefined) {
      this.#leaveOut(packed, source.path);
      return undefined;
    }
    const written = await this.#written(source, head);
    if (written.length === 0) return undefined;
    const unknown = { path: sighting.path, source, head };
    const isFollowed = (id: string) => this.#files.has(id);
    const same =
      (await findSame(unknown, this.#missing.ofInode(inode, isFollowed))) ??
      (await findSame(unknown, this.#missing.others(unknown, isFollowed))) ??
      (await this.#before(unknown, now));
    if (same === undefined && (await this.#copies.isOne(unknown, now))) return undefined;
    // Another input may have been faster.
    if (!state.claims.claim(key, input) || (same !== undefined && !state.claims.claim(same.record.id, input)))
      return undefined;
    const file =
      same === undefined
        ? this.#begin({ ...unknown, head: written }, sighting, now)
        : await this.#goOn(same, unknown, now);
    this.#copies.isNone(key);
    this.#files.add(file);
    return file;
  }

  #leaveOut(packed: Packed, path: string): void {
    if (packed === 'soon' || this.#leftOut.has(packed.by)) return;
    this.#leftOut.add(packed.by);
    this.#options.onNotice(
      `Files that are compressed by ${packed.by} are not read, such as ${path}: only gzip is unpacked.`,
    );
  }

  /** What is written of the head: a file may be laid out with NULs first. */
  async #written(source: SourceFile, head: Buffer): Promise<Buffer> {
    if (source.isGzip) return head;
    const { key } = source.stat;
    const nuls = this.#laidOut.get(key) ?? new NulTail();
    const written = await nuls.sure(head, 0, source);
    if (written.length === 0 && head.length > 0) this.#laidOut.set(key, nuls);
    else this.#laidOut.delete(key);
    return written;
  }

  /** A deleted file, in whose place is another one that begins with all that was read of it: as rsync makes them. */
  async #before(unknown: Unknown, now: Now): Promise<MissingFile | undefined> {
    for (const file of this.#files.all) {
      if (file.deletedAtMs === undefined || file.record.path !== unknown.path) continue;
      const { position } = file.reading;
      // One that has the same and no more is a program that said the same again.
      if (position < SPAN_BYTES || unknown.source.stat.size <= position) continue;
      if (!(await hasBytesRead(file.reading, unknown.source, unknown.head))) continue;
      this.#options.state.claims.unclaim(file.key);
      await this.#files.drop(file);
      return new MissingFile(file, now.ms);
    }
    return undefined;
  }

  #begin({ source, head }: Unknown, { originalPath }: Sighting, now: Now): FollowedFile {
    const { inode, bornMs, size, modifiedMs } = source.stat;
    const record: FileRecord = {
      id: newRecordId(now.unixMs),
      input: this.#options.input,
      path: originalPath,
      home: { path: source.path, inode, bornMs },
      head: spanOf(head),
      offset: 0,
      before: EMPTY_SPAN,
      size: source.isGzip ? 0 : size,
      modifiedMs,
      observations: [],
    };
    this.#options.state.claims.claim(record.id, record.input);
    const beginning = { before: Buffer.alloc(0), head: Buffer.alloc(0) };
    const reading = new FileReading(record, beginning, this.#options.readingOf(originalPath));
    return new FollowedFile(reading, source, now.ms, this.#following(originalPath));
  }

  #following(path: string): Following {
    const { once, isRotatedPath } = this.#options;
    return { once, wasRotated: isRotatedPath(path) };
  }

  async #goOn({ file, record }: MissingFile, { source, head }: Unknown, now: Now): Promise<FollowedFile> {
    this.#missing.found(record.id);
    const { input, readingOf } = this.#options;
    if (file !== undefined) {
      file.moveTo(source, now.ms);
      return file;
    }
    const length = Math.min(record.offset, BEFORE_BYTES);
    const before = await source.read(record.offset - length, length);
    const reading = new FileReading({ ...record, input }, { before, head }, readingOf(record.path));
    const found = new FollowedFile(reading, source, now.ms, this.#following(record.path));
    found.noteStat();
    return found;
  }
}
