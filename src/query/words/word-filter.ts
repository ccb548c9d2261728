import type { Word, WordSink } from './word.ts';

/** Bits of a block's filter: 32 KiB. */
export const FILTER_BITS = 2 ** 18;
export const FILTER_BYTES = FILTER_BITS / 8;
/** Bits that a word sets. */
const PROBES = 7;
/** Words of a block: then 35 % of the bits are set, and one word in 1,400 that is not there seems to be. */
export const BLOCK_WORDS = 16_384;
/** A filter with so many words says too little to be worth filling further: it says yes to everything. */
const MAX_WORDS = 4 * BLOCK_WORDS;

/** The bits of a word in every filter. */
export function positionsOf({ one, other }: Word): readonly number[] {
  return Array.from({ length: PROBES }, (_, probe) => position(one, other, probe));
}

/** An odd step meets every position before it meets one again. */
function position(one: number, other: number, probe: number): number {
  return (one + Math.imul(probe, other | 1)) & (FILTER_BITS - 1);
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
    let isNew = false;
    const step = other | 1;
    for (let probe = 0, at = one; probe < PROBES; probe += 1, at = (at + step) | 0) {
      const index = (at & (FILTER_BITS - 1)) >> 3;
      const bit = 1 << (at & 7);
      const byte = this.bits[index] ?? 0;
      if ((byte & bit) !== 0) continue;
      this.bits[index] = byte | bit;
      isNew = true;
    }
    if (isNew) this.#words += 1;
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
}
