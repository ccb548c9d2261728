/** A word of the bitmap has 32 numbers; a chunk has 8,192, in 1 KiB. */
const WORD_BITS = 5;
const WORD_MASK = 2 ** WORD_BITS - 1;
const CHUNK_NUMBERS = 2 ** 13;

/** A range of numbers, both ends included. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/**
 * A set of sequence numbers, from 0. One bit a number where they are dense, as those of a run are: ten
 * million take 1.3 MB.
 */
export class SeqSet {
  readonly #chunks = new Map<number, Uint32Array>();
  #size = 0;
  #highest = 0;

  get size(): number {
    return this.#size;
  }

  /** The highest number; 0 in an empty set. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether the number was not in the set before. */
  add(seq: number): boolean {
    const index = Math.floor(seq / CHUNK_NUMBERS);
    const offset = seq % CHUNK_NUMBERS;
    const [word, bit] = [offset >> WORD_BITS, 1 << (offset & WORD_MASK)];
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      chunk = new Uint32Array(CHUNK_NUMBERS >> WORD_BITS);
      this.#chunks.set(index, chunk);
    }
    const known = chunk[word] ?? 0;
    if ((known & bit) !== 0) return false;
    chunk[word] = known | bit;
    this.#size += 1;
    this.#highest = Math.max(this.#highest, seq);
    return true;
  }

  /** The numbers from `from` on, in order, as ranges that do not touch. */
  *ranges(from = 0): Generator<SeqRange> {
    let first = -1;
    let last = -2;
    for (const seq of this.#numbers()) {
      if (seq < from) continue;
      if (seq !== last + 1) {
        if (first >= 0) yield { first, last };
        first = seq;
      }
      last = seq;
    }
    if (first >= 0) yield { first, last };
  }

  /**
   * The ranges of 1 to `end` that are not in the set, in order. Takes time for what is there, not for what is
   * missing.
   */
  *gaps(end: number): Generator<SeqRange> {
    let next = 1;
    for (const { first, last } of this.ranges(1)) {
      if (first > end) break;
      if (first > next) yield { first: next, last: first - 1 };
      next = last + 1;
    }
    if (next <= end) yield { first: next, last: end };
  }

  *#numbers(): Generator<number> {
    for (const [index, chunk] of [...this.#chunks].toSorted(([a], [b]) => a - b)) {
      const start = index * CHUNK_NUMBERS;
      for (let offset = 0; offset < CHUNK_NUMBERS; offset += 1) {
        if (((chunk[offset >> WORD_BITS] ?? 0) & (1 << (offset & WORD_MASK))) !== 0) yield start + offset;
      }
    }
  }
}
