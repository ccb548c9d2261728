/** A range of UTF-16 code units, with both its ends. */
export type UnitRange = readonly [from: number, to: number];

/** UTF-16 code units: ranges in order that do not touch each other. */
export type CharSet = readonly UnitRange[];

const LAST_UNIT = 0xffff;
/** How far from each other the cases of ASCII letters are. */
const CASE_STEP = 0x20;
/** Of wider ranges beyond ASCII no cases are looked up: no alphabet is as long. */
const WIDEST_CASED = 2_048;

/** The set of these ranges, in any order. */
export function charSet(ranges: readonly UnitRange[]): CharSet {
  const sorted = ranges.toSorted(([one], [other]) => one - other);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** All units that are not in a set. */
export function complement(set: CharSet): CharSet {
  const gaps: UnitRange[] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST_UNIT) gaps.push([next, LAST_UNIT]);
  return gaps;
}

/** The set with the other case of each of its letters. */
export function withBothCases(set: CharSet): CharSet {
  return charSet([...set, ...set.flatMap(asciiCases), ...set.flatMap(otherCases)]);
}

/** `\d`, `\w`, `\s` and `.`, as JavaScript has them without flags. */
export const DIGITS = charSet([unitsFrom('0', '9')]);
export const WORD = charSet([
  unitsFrom('0', '9'),
  unitsFrom('A', 'Z'),
  unitsFrom('_', '_'),
  unitsFrom('a', 'z'),
]);
export const SPACE = charSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
export const NO_LINE_END = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

function unitsFrom(first: string, last: string): UnitRange {
  return [first.charCodeAt(0), last.charCodeAt(0)];
}

function asciiCases([from, to]: UnitRange): UnitRange[] {
  const cases: UnitRange[] = [];
  for (const [first, last, step] of [
    [...unitsFrom('a', 'z'), -CASE_STEP],
    [...unitsFrom('A', 'Z'), CASE_STEP],
  ] as const) {
    const [start, end] = [Math.max(from, first), Math.min(to, last)];
    if (start <= end) cases.push([start + step, end + step]);
  }
  return cases;
}

function otherCases([from, to]: UnitRange): UnitRange[] {
  const cases: UnitRange[] = [];
  if (to - from > WIDEST_CASED) return cases;
  for (let unit = Math.max(from, 0x80); unit <= to; unit += 1) {
    const text = String.fromCharCode(unit);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      const code = other.charCodeAt(0);
      if (other.length === 1 && code >= 0x80 && code !== unit) cases.push([code, code]);
    }
  }
  return cases;
}
