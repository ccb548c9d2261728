/** A line of a text stream. */
export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /**
   * The bytes as they came, without the line's end. `'too long'` if there were more than allowed; they are
   * gone then.
   */
  readonly bytes: Uint8Array | 'too long';
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Cuts chunks of bytes into lines. A line ends with LF or CR LF; the last one may end with the stream. Blank
 * lines count, and are left out. Holds no more than one unfinished line of at most `maxLineBytes`; lines
 * share the memory of their chunk.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #number = 0;
  /** The pieces of the unfinished line, and how long they are together, those that were dropped included. */
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#append(chunk.subarray(start, end));
      this.#finish(lines);
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
    return lines;
  }

  /** The last line, if the stream did not end with a line's end. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#length > 0) this.#finish(lines);
    return lines;
  }

  #append(piece: Uint8Array): void {
    this.#length += piece.length;
    // One byte of grace, for a CR that does not count.
    if (this.#length > this.#maxLineBytes + 1) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  #finish(lines: Line[]): void {
    const [first] = this.#pieces;
    const joined = first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    const bytes = joined.at(-1) === CR ? joined.subarray(0, -1) : joined;
    const isTooLong = this.#length > this.#maxLineBytes + 1 || bytes.length > this.#maxLineBytes;
    this.#pieces = [];
    this.#length = 0;
    this.#number += 1;
    if (isTooLong) lines.push({ number: this.#number, bytes: 'too long' });
    else if (!isBlank(bytes)) lines.push({ number: this.#number, bytes });
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte <= SPACE);
}
