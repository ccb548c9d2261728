import { realpath } from 'node:fs/promises';
import { codeOf, isAbsent, whyOf } from './faults.ts';
import { FileReading, type FileReadingOptions } from './file-reading.ts';
import { FollowedFile } from './followed-file.ts';
import type { FollowedFiles } from './followed-files.ts';
import { copiedBytes, findSame, type Unknown } from './matching.ts';
import type { MissingFile, MissingFiles } from './missing-files.ts';
import type { Now } from './now.ts';
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
  readonly readingOf: (path: string) => FileReadingOptions;
  /** Whether a path is one to which the files of another one are rotated away. */
  readonly isRotatedPath: (path: string) => boolean;
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
  readonly #problems = new Map<string, string>();
  /** Since when small files have been taken for copies that are being made, by their keys. */
  readonly #suspects = new Map<string, number>();
  #copies = 0;

  constructor(files: FollowedFiles, missing: MissingFiles, options: IdentifyOptions) {
    this.#files = files;
    this.#missing = missing;
    this.#options = options;
  }

  /** What could not be opened, for a person. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** How many files were found to be copies. */
  get copies(): number {
    return this.#copies;
  }

  /** The file that is to be read on; undefined if there is none, or not yet. */
  async identify(sighting: Sighting, now: Now): Promise<FollowedFile | undefined> {
    await this.#files.makeRoom();
    const source = await this.open(sighting.path);
    if (source === undefined) return undefined;
    let file: FollowedFile | undefined;
    try {
      file = await this.#fileOf(source, sighting, now);
    } catch (error) {
      await this.#failed(sighting.path, error);
    }
    if (file?.source !== source) await source.close();
    return file;
  }

  /** Undefined if there is no file, or it may not be read. */
  async open(path: string): Promise<SourceFile | undefined> {
    try {
      const source = await SourceFile.open(await realpath(path));
      this.#problems.delete(path);
      return source;
    } catch (error) {
      await this.#failed(path, error);
      return undefined;
    }
  }

  async #failed(path: string, error: unknown): Promise<void> {
    if (TOO_MANY.has(codeOf(error))) await this.#files.makeRoom(true);
    if (isAbsent(error)) this.#problems.delete(path);
    else this.#problems.set(path, `${path}: ${whyOf(error)}`);
  }

  async #fileOf(source: SourceFile, sighting: Sighting, now: Now): Promise<FollowedFile | undefined> {
    const { state, input } = this.#options;
    const { key, inode } = source.stat;
    if (this.#files.at(key) !== undefined || !state.isFree(key, input)) return undefined;
    const head = await source.head();
    if (head.length === 0) return undefined;
    const unknown = { path: sighting.path, source, head };
    const isFollowed = (id: string) => this.#files.has(id);
    const same =
      (await findSame(unknown, this.#missing.ofInode(inode, isFollowed))) ??
      (await findSame(unknown, this.#missing.others(inode, isFollowed)));
    if (same === undefined && (await this.#isCopy(unknown, now))) return undefined;
    // Another input may have been faster.
    if (!state.claim(key, input) || (same !== undefined && !state.claim(same.record.id, input)))
      return undefined;
    const file =
      same === undefined ? this.#begin(unknown, sighting, now) : await this.#goOn(same, unknown, now);
    this.#suspects.delete(key);
    this.#files.add(file);
    return file;
  }

  /** Of a small file it is believed for a while only: many begin with the same lines. */
  async #isCopy(unknown: Unknown, now: Now): Promise<boolean> {
    const { key } = unknown.source.stat;
    const since = this.#suspects.get(key);
    const isOld = now.ms - (since ?? now.ms) >= this.#options.timing.copyMs;
    for (const other of this.#files.all) {
      const bytes = await copiedBytes(unknown, other);
      if (bytes === undefined || (bytes < SPAN_BYTES && isOld)) continue;
      if (since === undefined) {
        this.#suspects.set(key, now.ms);
        this.#copies += 1;
      }
      return true;
    }
    return false;
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
    this.#options.state.claim(record.id, record.input);
    const beginning = { before: Buffer.alloc(0), head: Buffer.alloc(0) };
    const reading = new FileReading(record, beginning, this.#options.readingOf(originalPath));
    return new FollowedFile(reading, source, now.ms, this.#options.isRotatedPath(originalPath));
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
    const found = new FollowedFile(reading, source, now.ms, this.#options.isRotatedPath(record.path));
    found.noteStat();
    return found;
  }
}
