import type { SourceFile } from './source-file.ts';

/** So many NULs at the end are none of the text: fewer may be a part of a character. */
const MIN_NULS = 16;
const LOOK_BYTES = 512 * 1024;
/** So much is looked through again whenever the file has changed; of more only what was added. */
const MAX_AGAIN_BYTES = 64 * 1024 * 1024;
const NULS = Buffer.alloc(LOOK_BYTES);

/**
 * Tells NULs that something follows, as in a hole, from those at the end of a file. Of the latter it is not known what
 * will be there: space that was laid out for what is written next, or what a server of network files has not given us
 * yet. They are left until something stands behind them.
 */
export class NulTail {
  /** All was NUL up to here, and something stands at `#dataAt`, if that is known. */
  #nulsTo = 0;
  #dataAt = -1;

  /** Of what was read at `from`, as much as is sure: without NULs that nothing follows. */
  async sure(bytes: Buffer, from: number, source: SourceFile): Promise<Buffer> {
    const length = lengthOfText(bytes);
    if (bytes.length - length < MIN_NULS) return bytes;
    if (length > 0) return bytes.subarray(0, length);
    return (await this.#isFollowed(from + bytes.length, source)) ? bytes : bytes.subarray(0, 0);
  }

  async #isFollowed(from: number, source: SourceFile): Promise<boolean> {
    if (from <= this.#dataAt) return true;
    let at = this.#nulsTo - from > MAX_AGAIN_BYTES ? this.#nulsTo : from;
    for (;;) {
      const bytes = await source.read(at, LOOK_BYTES);
      if (bytes.length === 0) break;
      if (!bytes.equals(NULS.subarray(0, bytes.length))) {
        this.#dataAt = at;
        return true;
      }
      at += bytes.length;
    }
    this.#nulsTo = at;
    return false;
  }
}

/** The length without the NULs at the end. */
function lengthOfText(bytes: Buffer): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
