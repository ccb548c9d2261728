/** A source of uniform numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * The same sequence of numbers for the same seed, an integer: Mulberry32, by Tommy Ettinger, in the public
 * domain. Quick and even enough to choose severities with; not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
