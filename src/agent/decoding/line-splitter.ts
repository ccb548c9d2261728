import { CODE_UNITS, type CodeUnits } from './code-units.ts';
import { detectEncoding, type Encoding } from './encoding.ts';

/** A line of a source, or a piece of one that is too long. */
export interface Line {
  /** Counted from 1, blank lines included; pieces of one line have the same. */
  readonly number: number;
  /** Offset of its first byte in the source. */
  readonly start: number;
  /** Offset behind its line end: where the next one begins. */
  readonly end: number;
  /** As they came, without the line's end. They share the memory of their chunk. */
  readonly bytes: Buffer;
  /** Which piece of a line it is, from 1; 0: the line is whole. */
  readonly piece: number;
  /** Whether no more pieces follow. True of a whole line. */
  readonly isLast: boolean;
  /** Whether it is all that it will be. False of a line without an end, of which more may come. */
  readonly isEnded: boolean;
}

/** How bytes become lines. */
export interface LineSplitterOptions {
  /** Longer lines come in pieces of at most so many bytes: at least 16. */
  readonly maxLineBytes: number;
  /** Undefined: by the byte order mark of the first bytes, which is left out. */
  readonly encoding?: Encoding | undefined;
  /** The offset in its source of the first byte that is pushed. It begins a line. */
  readonly offset?: number | undefined;
}

/**
 * So many NULs in a row are a hole: a file that was cut while its writer kept its place, or what a crash left. No text
 * has so many.
 */
const HOLE_UNITS = 8;

/**
 * Cuts chunks of bytes into lines: the same ones, wherever the chunks end. A line ends with LF or CR LF, or at a hole
 * of NULs, which is left out and counted. Blank lines are lines. Holds no more than one unfinished line, of a little
 * more than `maxLineBytes`.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #encoding: Encoding | undefined;
  #units: CodeUnits = CODE_UNITS['utf-8'];
  /** Bytes that cannot be read yet: a part of a byte order mark, half a unit of UTF-16. */
  #held: Buffer = Buffer.alloc(0);
  /** Offset of the next byte that is looked at. */
  #offset: number;
  #number = 1;
  /** The unfinished line, its length, and where it begins. */
  #parts: Buffer[] = [];
  #length = 0;
  #start: number;
  #piece = 0;
  /** Bytes of NULs that were just seen: they belong to the line, or are a hole. */
  #nulBytes = 0;
  #skippedBytes = 0;

  constructor({ maxLineBytes, encoding, offset = 0 }: LineSplitterOptions) {
    this.#maxLineBytes = maxLineBytes;
    this.#offset = offset;
    this.#start = offset;
    if (encoding !== undefined) this.#use(encoding);
  }

  /** Undefined until the first bytes have said it. */
  get encoding(): Encoding | undefined {
    return this.#encoding;
  }

  /** Bytes of holes that were left out. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** Where the line begins that is not finished: what lies before it was handed over. */
  get pendingStart(): number {
    return this.#start;
  }

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    const bytes = this.#readable(chunk, false);
    if (bytes.length > 0) this.#split(bytes, lines);
    this.#keepRest();
    return lines;
  }

  /** The unfinished line, if there is one: more is not to come, or not waited for. */
  end(): Line[] {
    const lines: Line[] = [];
    const bytes = this.#readable(Buffer.alloc(0), true);
    if (bytes.length > 0) this.#split(bytes, lines);
    this.#settleNuls(lines);
    if (this.#length > 0 || this.#piece > 0) this.#finish(lines, 0);
    return lines;
  }

  #use(encoding: Encoding): void {
    this.#encoding = encoding;
    this.#units = CODE_UNITS[encoding];
  }

  /** What can be looked at of the bytes that there are. */
  #readable(chunk: Uint8Array, isAll: boolean): Buffer {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes]);
    this.#held = Buffer.alloc(0);
    if (this.#encoding === undefined && bytes.length > 0) {
      const detected = detectEncoding(bytes, isAll);
      if (detected === undefined) return this.#hold(bytes, 0);
      this.#use(detected.encoding);
      this.#offset += detected.markBytes;
      this.#start = this.#offset;
      bytes = bytes.subarray(detected.markBytes);
    }
    const odd = isAll ? 0 : bytes.length % this.#units.size;
    return odd === 0 ? bytes : this.#hold(bytes, bytes.length - odd);
  }

  #hold(bytes: Buffer, from: number): Buffer {
    this.#held = Buffer.from(bytes.subarray(from));
    return bytes.subarray(0, from);
  }

  #split(bytes: Buffer, lines: Line[]): void {
    const { size } = this.#units;
    let nul = this.#units.indexOfNul(bytes, 0);
    let feed = this.#units.indexOfLineFeed(bytes, 0);
    let at = 0;
    while (at < bytes.length) {
      if (at === nul) {
        const end = this.#units.endOfNuls(bytes, at);
        this.#skipNuls(end - at);
        at = end;
        nul = this.#units.indexOfNul(bytes, at);
        continue;
      }
      this.#settleNuls(lines);
      const stop = nul === -1 ? bytes.length : nul;
      if (feed === -1 || feed > stop) {
        this.#append(bytes.subarray(at, stop), lines);
        at = stop;
        continue;
      }
      this.#append(bytes.subarray(at, feed), lines);
      this.#finish(lines, size);
      at = feed + size;
      feed = this.#units.indexOfLineFeed(bytes, at);
    }
  }

  /** What is held of a chunk is a copy: a few bytes of it would keep all of it. */
  #keepRest(): void {
    const rest = this.#parts.pop();
    if (rest !== undefined) this.#parts.push(Buffer.from(rest));
  }

  #skipNuls(bytes: number): void {
    this.#nulBytes += bytes;
    this.#offset += bytes;
  }

  /** Behind NULs stands something: they were a hole, which ends a line, or belong to it. */
  #settleNuls(lines: Line[]): void {
    const nuls = this.#nulBytes;
    if (nuls === 0) return;
    this.#nulBytes = 0;
    this.#offset -= nuls;
    if (nuls < HOLE_UNITS * this.#units.size) {
      this.#append(Buffer.alloc(nuls), lines);
      return;
    }
    if (this.#length > 0 || this.#piece > 0) this.#finish(lines, 0);
    this.#skippedBytes += nuls;
    this.#offset += nuls;
    this.#start = this.#offset;
  }

  #append(part: Buffer, lines: Line[]): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    this.#offset += part.length;
    // One unit of grace, for a CR that does not count.
    if (this.#length > this.#maxLineBytes + this.#units.size) this.#cut(lines);
  }

  /** Hands over pieces of a line that is too long, and keeps what may be the last of them. */
  #cut(lines: Line[]): void {
    let rest = this.#taken();
    while (rest.length > this.#maxLineBytes + this.#units.size) rest = this.#cutPiece(rest, lines);
    if (rest.length > 0) this.#parts.push(rest);
    this.#length = rest.length;
  }

  #cutPiece(bytes: Buffer, lines: Line[]): Buffer {
    const whole = this.#maxLineBytes - (this.#maxLineBytes % this.#units.size);
    const length = this.#units.endOfCharacter(bytes, whole);
    this.#piece += 1;
    lines.push({
      number: this.#number,
      start: this.#start,
      end: this.#start + length,
      bytes: bytes.subarray(0, length),
      piece: this.#piece,
      isLast: false,
      isEnded: true,
    });
    this.#start += length;
    return bytes.subarray(length);
  }

  /** The unfinished line as one buffer, which is not held any more. */
  #taken(): Buffer {
    const [first] = this.#parts;
    const bytes = first !== undefined && this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return bytes;
  }

  #finish(lines: Line[], endBytes: number): void {
    let bytes = this.#taken();
    this.#offset += endBytes;
    if (endBytes > 0 && this.#units.endsWithCarriageReturn(bytes))
      bytes = bytes.subarray(0, -this.#units.size);
    // Without the grace of a CR it may be just too long.
    if (bytes.length > this.#maxLineBytes) bytes = this.#cutPiece(bytes, lines);
    lines.push({
      number: this.#number,
      start: this.#start,
      end: this.#offset,
      bytes,
      piece: this.#piece === 0 ? 0 : this.#piece + 1,
      isLast: true,
      isEnded: endBytes > 0,
    });
    this.#number += 1;
    this.#piece = 0;
    this.#start = this.#offset;
  }
}
