import { hasBytesOf } from './followed-file.ts';
import type { FollowedFiles } from './followed-files.ts';
import { copiedBytes, isOfLog, type Unknown } from './matching.ts';
import type { Now } from './now.ts';
import { SPAN_BYTES } from './span.ts';
import type { FileState } from './state.ts';

/** Where copies are looked for. */
export interface CopiesOptions {
  readonly input: string;
  readonly state: FileState;
  readonly copyMs: number;
}

/** Tells which files hold only what is read elsewhere: by this input, or by another one. */
export class Copies {
  readonly #files: FollowedFiles;
  readonly #options: CopiesOptions;
  /** Since when small files have been taken for copies that are being made, by their keys. */
  readonly #suspects = new Map<string, number>();
  #count = 0;

  constructor(files: FollowedFiles, options: CopiesOptions) {
    this.#files = files;
    this.#options = options;
  }

  /** How many were found. */
  get count(): number {
    return this.#count;
  }

  /** Of a small file it is believed for a while only: many begin with the same lines. */
  async isOne(unknown: Unknown, now: Now): Promise<boolean> {
    const { key } = unknown.source.stat;
    const since = this.#suspects.get(key);
    const isOld = now.ms - (since ?? now.ms) >= this.#options.copyMs;
    for await (const bytes of this.#proofs(unknown)) {
      if (bytes < SPAN_BYTES && isOld) continue;
      if (since === undefined) {
        this.#suspects.set(key, now.ms);
        this.#count += 1;
      }
      return true;
    }
    return false;
  }

  /** The file of this key is read for itself. */
  isNone(key: string): void {
    this.#suspects.delete(key);
  }

  /** How many bytes show each time that it is a copy. */
  async *#proofs(unknown: Unknown): AsyncGenerator<number> {
    for (const file of this.#files.originalsOf(unknown.path)) {
      const bytes = await copiedBytes(unknown, file);
      if (bytes !== undefined) yield bytes;
    }
    const { input, state } = this.#options;
    for (const record of state.recordsNamed(unknown.path)) {
      if (record.input === input || state.claims.isFree(record.id, input)) continue;
      if (!isOfLog(unknown.path, record) || record.head.bytes === 0) continue;
      if (await hasBytesOf(record, unknown.source, unknown.head))
        yield Math.max(record.offset, record.head.bytes);
    }
  }
}
