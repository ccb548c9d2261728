import type { Need } from './needed-words.ts';
import type { Word } from './word.ts';
import { FILTER_BITS, FILTER_BYTES, SLICE_BITS } from './word-filter.ts';

/** Blocks whose filters are stored together, bit by bit. */
export const GROUP_BLOCKS = 32;
/** Bytes that a bit takes in all filters of a group. */
export const BIT_BYTES = GROUP_BLOCKS / 8;
export const SLICES = FILTER_BITS / SLICE_BITS;
/** What is read of a group for one word is a row of 2 KiB: seven of them are in a page of a database. */
export const SLICE_BYTES = SLICE_BITS * BIT_BYTES;

/** Where the bit of a position is in all filters of a group. */
export function placeOf(position: number): { readonly slice: number; readonly byte: number } {
  return { slice: Math.floor(position / SLICE_BITS), byte: (position % SLICE_BITS) * BIT_BYTES };
}

/**
 * The slices of a group, from the filters of its blocks: a bit of all filters lies together, that of the first
 * block lowest. Undefined: there is no such block, and nothing is in it.
 */
export function slicesOf(filters: readonly (Uint8Array | undefined)[]): readonly Uint8Array[] {
  const all = new Uint8Array(SLICES * SLICE_BYTES);
  filters.forEach((filter, block) => {
    if (filter !== undefined) transpose(filter, block, all);
  });
  return Array.from({ length: SLICES }, (_, slice) =>
    all.subarray(slice * SLICE_BYTES, (slice + 1) * SLICE_BYTES),
  );
}

/** Positions follow each other through all slices, so that a slice's place in them needs no reckoning. */
function transpose(filter: Uint8Array, block: number, all: Uint8Array): void {
  const bit = 1 << (block & 7);
  const byte = block >> 3;
  for (let index = 0; index < FILTER_BYTES; index += 1) {
    // Lowest first, and only those that are set.
    for (let left = filter[index] ?? 0; left !== 0; left &= left - 1) {
      const at = ((index << 3) | (31 - Math.clz32(left & -left))) * BIT_BYTES + byte;
      all[at] = (all[at] ?? 0) | bit;
    }
  }
}

/** The blocks of a group, as bits: the first is the lowest. */
export type BlockSet = number;

/** The places of the blocks of a set. */
export function placesIn(set: BlockSet): readonly number[] {
  if (set === 0) return [];
  return Array.from({ length: GROUP_BLOCKS }, (_, place) => place).filter((place) => (set >>> place) & 1);
}

/** The blocks of a group that may have what is needed, given those that may have a word. */
export function blocksWith(need: Need, blocksOf: (word: Word) => BlockSet): BlockSet {
  if (need.kind === 'word') return blocksOf(need.word);
  const [first = 0, ...others] = need.of.map((part) => blocksWith(part, blocksOf));
  return others.reduce((sum, set) => (need.kind === 'all' ? sum & set : sum | set), first);
}
