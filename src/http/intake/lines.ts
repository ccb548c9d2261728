import { createHash } from 'node:crypto';

const LF = 0x0a;
const SPACES: ReadonlySet<number> = new Set([0x09, 0x0d, 0x20, LF]);

/** How a body of lines is cut. */
export interface PieceLimits {
  /** A piece ends with the first line that ends behind so many bytes. */
  readonly pieceBytes: number;
  /** What a line has beyond this is dropped. */
  readonly maxLineBytes: number;
}

const PIECE_LIMITS: PieceLimits = { pieceBytes: 1024 * 1024, maxLineBytes: 10_000_000 };

/** Whole lines of a body. */
export interface LinePiece {
  readonly bytes: Buffer;
  /** The body up to the end of this piece, as a hash. */
  readonly digest: Buffer;
  /** Whether its last line had more than is kept of one. */
  readonly isCut: boolean;
}

/**
 * Cuts a body into pieces of whole lines while it comes: always at the same places, however it comes, so that
 * a piece has the same hash when it is sent again. `grow` is told how many bytes are kept meanwhile.
 */
export async function* linePieces(
  chunks: AsyncIterable<Uint8Array>,
  grow: (bytes: number) => void = () => undefined,
  { pieceBytes, maxLineBytes }: PieceLimits = PIECE_LIMITS,
): AsyncGenerator<LinePiece> {
  const cutter = new Cutter(pieceBytes, maxLineBytes);
  const hash = createHash('sha256');
  let grown = 0;
  for await (const chunk of chunks) {
    cutter.add(chunk);
    if (cutter.bytes > grown) {
      grow(cutter.bytes - grown);
      grown = cutter.bytes;
    }
    for (let piece = cutter.next(); piece !== undefined; piece = cutter.next())
      yield { bytes: piece, digest: hash.update(piece).copy().digest(), isCut: cutter.isSkipping };
  }
  const last = cutter.rest();
  if (last.length > 0) yield { bytes: last, digest: hash.update(last).digest(), isCut: false };
}

class Cutter {
  readonly #pieceBytes: number;
  readonly #maxLineBytes: number;
  #held: Buffer = Buffer.alloc(0);
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #hasLineEndWaiting = false;
  /** Where a line end is looked for next. */
  #from: number;
  /** Whether what comes belongs to a line that is too long. */
  #isSkipping = false;

  constructor(pieceBytes: number, maxLineBytes: number) {
    this.#pieceBytes = pieceBytes;
    this.#maxLineBytes = maxLineBytes;
    this.#from = pieceBytes - 1;
  }

  get isSkipping(): boolean {
    return this.#isSkipping;
  }

  get bytes(): number {
    return this.#held.length + this.#waitingBytes;
  }

  add(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#hasLineEndWaiting ||= chunk.includes(LF);
  }

  /** The next piece; undefined if more has to come first. */
  next(): Buffer | undefined {
    if (!this.#isSkipping && !this.#mayHavePiece()) return undefined;
    this.#gather();
    if (this.#isSkipping && !this.#skip()) return undefined;
    if (this.#held.length < this.#pieceBytes) return undefined;
    const at = this.#held.indexOf(LF, this.#from);
    const end = at === -1 ? this.#held.length : at + 1;
    const longest = this.#longest;
    if (at === -1 && end < longest) {
      this.#from = end;
      return undefined;
    }
    this.#isSkipping = end > longest || at === -1;
    const piece = this.#take(Math.min(end, longest));
    return piece;
  }

  /** A line that goes on and on is not copied for each chunk that comes of it. */
  #mayHavePiece(): boolean {
    if (this.bytes < this.#pieceBytes) return false;
    const isSearched = this.#held.length >= this.#pieceBytes && this.#from >= this.#held.length;
    return !isSearched || this.#hasLineEndWaiting || this.bytes >= this.#longest;
  }

  get #longest(): number {
    return this.#pieceBytes + this.#maxLineBytes;
  }

  /** What is left when all has come. */
  rest(): Buffer {
    this.#gather();
    if (this.#isSkipping && !this.#skip()) return Buffer.alloc(0);
    return this.#held;
  }

  #take(end: number): Buffer {
    const piece = this.#held.subarray(0, end);
    this.#held = this.#held.subarray(end);
    this.#from = this.#pieceBytes - 1;
    return piece;
  }

  /** Drops the rest of a line; false if its end has not come. */
  #skip(): boolean {
    const at = this.#held.indexOf(LF);
    this.#isSkipping = at === -1;
    this.#held = this.#held.subarray(at === -1 ? this.#held.length : at + 1);
    return at !== -1;
  }

  #gather(): void {
    if (this.#waiting.length === 0) return;
    this.#held = Buffer.concat([this.#held, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hasLineEndWaiting = false;
  }
}

const BOM = Buffer.from('\ufeff');

/**
 * The lines of some bytes that have more than white space in them. A byte order mark is none: it stands where a
 * file began that was sent together with others.
 */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(LF, start);
    const end = at === -1 ? bytes.length : at;
    const line = trimmed(bytes, start, end);
    if (line.length > 0) yield line;
    start = end + 1;
  }
}

function trimmed(bytes: Buffer, from: number, to: number): Buffer {
  let [start, end] = [from, to];
  if (bytes[start] === BOM[0] && bytes.subarray(start, end).indexOf(BOM) === 0) start += BOM.length;
  while (start < end && SPACES.has(bytes[start] ?? 0)) start += 1;
  while (end > start && SPACES.has(bytes[end - 1] ?? 0)) end -= 1;
  return bytes.subarray(start, end);
}
