import { joined, type Word, type WordSink } from './word.ts';

/** Bits of a block's filter: 32 KiB. */
export const FILTER_BITS = 2 ** 18;
export const FILTER_BYTES = FILTER_BITS / 8;
/** Bits of a slice. All that a word sets lie in one of them: whoever asks for the word reads no other. */
export const SLICE_BITS = 512;
/** Words of a block: then a quarter of the bits are set, and one word in 80,000 that is not there seems to be. */
export const BLOCK_WORDS = 8_192;
/** A filter with so many words says too little to be worth filling further: it says yes to everything. */
const MAX_WORDS = 4 * BLOCK_WORDS;

/** Bits that tell the slice of a word, and its place in that. */
const SLICE_NUMBER_BITS = Math.log2(FILTER_BITS / SLICE_BITS);
const PLACE_BITS = Math.log2(SLICE_BITS);
/** Places that are taken of a number. */
const PLACES = 3;

/** The bits of a word in every filter. */
export function positionsOf({ one, other }: Word): readonly number[] {
  const start = sliceOf(one) * SLICE_BITS;
  return [other, joined(one, other), joined(other, one)].flatMap((places) =>
    Array.from({ length: PLACES }, (_, nth) => start + ((places >>> (nth * PLACE_BITS)) & (SLICE_BITS - 1))),
  );
}

/** The slice of all bits of a word. */
function sliceOf(one: number): number {
  return one >>> (32 - SLICE_NUMBER_BITS);
}

/** A Bloom filter of words: none that was added is ever denied. */
export class WordFilter implements WordSink {
  /** The bit of a position is in the byte of its eighth, lowest first. */
  readonly bits = new Uint8Array(FILTER_BYTES);
  #words = 0;

  /** How many different words were added, but for the few that seemed to be there. */
  get words(): number {
    return this.#words;
  }

  /** Whether it says yes to everything. */
  get isFull(): boolean {
    return this.#words >= MAX_WORDS;
  }

  add(one: number, other: number): void {
    if (this.isFull) return;
    const start = (sliceOf(one) * SLICE_BITS) / 8;
    const before = this.#set(start, other);
    const between = this.#set(start, joined(one, other));
    const behind = this.#set(start, joined(other, one));
    if (before || between || behind) this.#words += 1;
    if (this.#words >= MAX_WORDS) this.fill();
  }

  /** Says yes to everything from now on. */
  fill(): void {
    this.bits.fill(0xff);
    this.#words = MAX_WORDS;
  }

  mayHave(word: Word): boolean {
    return positionsOf(word).every((at) => ((this.bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0);
  }

  /** Sets the bits of the places that a number tells, in a slice; returns whether one of them is new. */
  #set(start: number, places: number): boolean {
    let isNew = false;
    for (let nth = 0, left = places; nth < PLACES; nth += 1, left >>>= PLACE_BITS) {
      const index = start + ((left & (SLICE_BITS - 1)) >> 3);
      const bit = 1 << (left & 7);
      const byte = this.bits[index] ?? 0;
      if ((byte & bit) !== 0) continue;
      this.bits[index] = byte | bit;
      isNew = true;
    }
    return isNew;
  }
}
