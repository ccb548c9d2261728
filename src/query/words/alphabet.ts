/**
 * Which characters words of the index are made of. The tables do not depend on the version of Unicode that a
 * program knows: what one release stored, every other finds. So no character is in them that may become a
 * letter later, or the lower case of one.
 */

/** Behind the last character that words are made of. */
const WORD_LIMIT = 0x530;
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_]/u;
/** ASCII and the rest of Latin-1, Latin Extended-A, Greek, Cyrillic: complete for decades. */
const WORD_RANGES = [
  [0x00, 0x17f],
  [0x370, 0x52f],
] as const;
/**
 * Of scripts without upper and lower case: Hebrew to Myanmar; kana, Chinese, Yi; Hangul. Many are written
 * without spaces: what is stored of them is each two neighbours.
 */
const PAIR_RANGES = [
  [0x590, 0x109f],
  [0x3040, 0xa48f],
  [0xac00, 0xd7a3],
] as const;

const WORD_TABLE = wordTable();

function wordTable(): Uint8Array {
  const table = new Uint8Array(WORD_LIMIT);
  for (const [first, last] of WORD_RANGES) {
    for (let unit = first; unit <= last; unit += 1)
      if (WORD_CHARACTER.test(String.fromCharCode(unit))) table[unit] = 1;
  }
  return table;
}

/** Whether a UTF-16 unit is a character that words are made of: each is a word character to the predicate, too. */
export function isWordUnit(unit: number): boolean {
  return unit < WORD_LIMIT && WORD_TABLE[unit] === 1;
}

/** Whether a UTF-16 unit is a character that is stored with its neighbours. */
export function isPairUnit(unit: number): boolean {
  if (unit < 0x590) return false;
  return PAIR_RANGES.some(([first, last]) => unit >= first && unit <= last);
}
