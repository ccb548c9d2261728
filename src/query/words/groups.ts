import type { Need } from './needed-words.ts';
import type { Word } from './word.ts';
import { FILTER_BITS, FILTER_BYTES, positionsOf } from './word-filter.ts';

/** Blocks whose filters are stored together, bit by bit. */
export const GROUP_BLOCKS = 64;
/** Bytes that a bit takes in all filters of a group. */
const BIT_BYTES = GROUP_BLOCKS / 8;
/** Bits that a slice has of each filter: what is read of a group for one bit is a row of 4 KiB. */
const SLICE_POSITIONS = 512;
export const SLICES = FILTER_BITS / SLICE_POSITIONS;
export const SLICE_BYTES = SLICE_POSITIONS * BIT_BYTES;

/** Where the bit of a position is in all filters of a group. */
export function placeOf(position: number): { readonly slice: number; readonly byte: number } {
  return { slice: Math.floor(position / SLICE_POSITIONS), byte: (position % SLICE_POSITIONS) * BIT_BYTES };
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
    const bits = filter[index] ?? 0;
    if (bits === 0) continue;
    for (let low = 0; low < 8; low += 1) {
      if ((bits & (1 << low)) === 0) continue;
      const at = ((index << 3) | low) * BIT_BYTES + byte;
      all[at] = (all[at] ?? 0) | bit;
    }
  }
}

/** The blocks of a group, as bits: the first is the lowest. */
export type BlockSet = bigint;

/** The blocks of a group that may have what is needed, given those in which a bit is set. */
export function blocksWith(need: Need, bitsAt: (position: number) => BlockSet): BlockSet {
  if (need.kind === 'word') return blocksWithWord(need.word, bitsAt);
  const [first = 0n, ...others] = need.of.map((part) => blocksWith(part, bitsAt));
  return others.reduce((sum, set) => (need.kind === 'all' ? sum & set : sum | set), first);
}

function blocksWithWord(word: Word, bitsAt: (position: number) => BlockSet): BlockSet {
  return positionsOf(word)
    .map(bitsAt)
    .reduce((sum, set) => sum & set);
}
