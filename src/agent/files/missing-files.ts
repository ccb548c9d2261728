import type { FileReading } from './file-reading.ts';
import type { FollowedFile } from './followed-file.ts';
import type { Missing, Unknown } from './matching.ts';
import type { FileRecord } from './record.ts';
import type { FileState } from './state.ts';

/** Bytes that were being read, and what held them holds them no more. */
export class MissingFile implements Missing {
  readonly #record: FileRecord;
  /** Undefined if it was another process that read them. */
  readonly file: FollowedFile | undefined;
  readonly truncatedKey: string | undefined;
  readonly sinceMs: number;

  constructor(from: FileRecord | FollowedFile, sinceMs: number, truncatedKey?: string) {
    this.file = 'reading' in from ? from : undefined;
    this.#record = 'reading' in from ? from.record : from;
    this.sinceMs = sinceMs;
    this.truncatedKey = truncatedKey;
  }

  get record(): FileRecord {
    return this.file?.record ?? this.#record;
  }

  get reading(): FileReading | undefined {
    return this.file?.reading;
  }

  /** Bytes that are known to have been there and were not read. */
  get unreadBytes(): number {
    return this.file === undefined
      ? Math.max(0, this.record.size - this.record.offset)
      : this.file.unreadBytes;
  }
}

/** What is looked for. */
export class MissingFiles {
  readonly #state: FileState;
  readonly #input: string;
  readonly #byId = new Map<string, MissingFile>();

  /** At first, all that belongs to the input. */
  constructor(state: FileState, input: string, nowMs: number) {
    this.#state = state;
    this.#input = input;
    for (const record of state.records)
      if (record.input === input && state.claims.claim(record.id, input) && record.goneMs === undefined)
        this.add(new MissingFile(record, nowMs));
  }

  get size(): number {
    return this.#byId.size;
  }

  get records(): Iterable<FileRecord> {
    return Array.from(this.#byId.values(), ({ record }) => record);
  }

  get unreadBytes(): number {
    let sum = 0;
    for (const { unreadBytes } of this.#byId.values()) sum += unreadBytes;
    return sum;
  }

  add(missing: MissingFile): void {
    this.#byId.set(missing.record.id, missing);
  }

  found(id: string): void {
    this.#byId.delete(id);
  }

  /** What a file may be that was found, if it is the same file still: of this input, or what another one read before. */
  ofInode(inode: number, isFollowed: (id: string) => boolean): readonly MissingFile[] {
    return this.#free(this.#state.records, isFollowed, ({ home }) => home.inode === inode);
  }

  /** What else it may be: a copy of what is missing, has been gone for long, or is of an input that is named no more. */
  others({ path, source }: Unknown, isFollowed: (id: string) => boolean): readonly MissingFile[] {
    const named = this.#state.recordsNamed(path, source.path);
    return this.#free(named, isFollowed, ({ home }) => home.inode !== source.stat.inode);
  }

  /** Those that are missed come first. */
  #free(
    records: Iterable<FileRecord>,
    isFollowed: (id: string) => boolean,
    is: (record: FileRecord) => boolean,
  ): MissingFile[] {
    const missed: MissingFile[] = [];
    const others: MissingFile[] = [];
    for (const record of records) {
      if (!is(record)) continue;
      const { id } = record;
      const missing = this.#byId.get(id);
      if (missing !== undefined) missed.push(missing);
      else if (!isFollowed(id) && this.#state.claims.isFree(id, this.#input))
        others.push(new MissingFile(record, 0));
    }
    return [...missed, ...others];
  }

  /** Gives up what has been missing since before a time, and tells of it. */
  *giveUp(beforeMs: number, unixMs: number): Generator<MissingFile> {
    for (const [id, missing] of this.#byId) {
      if (missing.sinceMs > beforeMs) continue;
      this.#byId.delete(id);
      const goneMs = unixMs;
      if (missing.file === undefined) this.#state.put({ ...missing.record, goneMs });
      else missing.file.reading.foundAt({ goneMs });
      yield missing;
    }
  }
}
