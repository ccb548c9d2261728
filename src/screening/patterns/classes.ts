import { isMistake, type Mistake, mistake } from '../../query/mistake.ts';
import { type CharSet, charSet, complement, DIGITS, SPACE, type UnitRange, WORD } from './char-set.ts';
import type { PatternScanner } from './scanner.ts';

const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, '0': 0 };
const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const HEX = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})/y;
const BRACKETS = '`\\]` or a code such as `\\u00e9`';

/** What the escape stands for whose backslash, at `start`, was just taken. */
export function readEscape(scanner: PatternScanner, start: number): CharSet | Mistake {
  const hex = scanner.take(HEX);
  if (hex !== null) return oneUnit(parseInt(hex[1] ?? hex[2] ?? '', 16));
  const character = scanner.takeCharacter();
  const set = CLASSES[character];
  if (set !== undefined) return set;
  const control = CONTROLS[character];
  if (control !== undefined && !(control === 0 && /\d/.test(scanner.peek()))) return oneUnit(control);
  if (/^[^A-Za-z0-9]$/.test(character) && character.length === 1) return oneUnit(character.charCodeAt(0));
  return mistake(
    character === '' ? 'This `\\` escapes nothing.' : `\`\\${character}\` is not known here.`,
    start,
    scanner.at - start,
    '`\\d`, `\\w`, `\\s`, `\\b`, `\\n`, `\\t`, `\\x2f`, `\\u00e9`, or a `\\` before a sign',
  );
}

/** What the brackets stand for whose `[`, at `start`, was just taken. A `^` behind it is not applied yet. */
export function readClass(
  scanner: PatternScanner,
  start: number,
): { readonly set: CharSet; readonly isNegated: boolean } | Mistake {
  const isNegated = scanner.takes('^');
  const ranges: UnitRange[] = [];
  while (!scanner.takes(']')) {
    if (scanner.isAtEnd) return mistake('This `[` is never closed.', start, 1, 'a `]` behind it');
    const member = readMember(scanner);
    if (isMistake(member)) return member;
    ranges.push(...member);
  }
  if (ranges.length === 0)
    return mistake('These brackets are empty.', start, scanner.at - start, 'characters');
  return { set: charSet(ranges), isNegated };
}

/** A character, a class such as `\d`, or a range. */
function readMember(scanner: PatternScanner): CharSet | Mistake {
  const start = scanner.at;
  const first = readOne(scanner);
  if (isMistake(first) || scanner.peek() !== '-' || scanner.peek(1) === ']' || scanner.peek(1) === '')
    return first;
  scanner.takes('-');
  const last = readOne(scanner);
  if (isMistake(last)) return last;
  const [from, to] = [unitOf(first), unitOf(last)];
  if (from === undefined || to === undefined || from > to)
    return mistake('This is no range.', start, scanner.at - start, 'the lower character first: `a-z`');
  return [[from, to]];
}

function readOne(scanner: PatternScanner): CharSet | Mistake {
  const start = scanner.at;
  if (scanner.takes('\\')) {
    // Between brackets there are no edges of words.
    if (scanner.takes('b')) return oneUnit(0x08);
    return scanner.takes('-') ? oneUnit(0x2d) : readEscape(scanner, start);
  }
  const character = scanner.takeCharacter();
  if (character.length === 1) return oneUnit(character.charCodeAt(0));
  return mistake('This character stands for two.', start, character.length, `one of 16 bits, ${BRACKETS}`);
}

function unitOf(set: CharSet): number | undefined {
  const [range] = set;
  return set.length === 1 && range !== undefined && range[0] === range[1] ? range[0] : undefined;
}

function oneUnit(unit: number): CharSet {
  return [[unit, unit]];
}
