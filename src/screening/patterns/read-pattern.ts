import { isMistake, type Mistake, mistake } from '../../query/mistake.ts';
import { complement, NO_LINE_END, withBothCases } from './char-set.ts';
import { readClass, readEscape } from './classes.ts';
import { type Assertion, matchesNothing, type Pattern, sizeOf } from './pattern.ts';
import { PatternScanner } from './scanner.ts';

/** States that an automaton has at most: what a step costs at worst grows with them. */
const MAX_STATES = 1_000;
const MAX_DEPTH = 50;

const COUNTED = /\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/y;
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  '^': 'start',
  $: 'end',
  '\\b': 'word edge',
  '\\B': 'no word edge',
};

/**
 * Reads a regular expression as JavaScript writes them, without what takes more than one pass over a text: no
 * backreferences, no looking ahead or back, nothing lazy. It has to match some text. Places in a mistake are
 * those in `source`.
 */
export function readPattern(source: string, ignoresCase: boolean): Pattern | Mistake {
  const scanner = new PatternScanner(source);
  const pattern = readChoice(scanner, ignoresCase, 0);
  if (isMistake(pattern)) return pattern;
  if (!scanner.isAtEnd)
    return mistake('This `)` closes nothing.', scanner.at, 1, '`\\)`, or a `(` before it');
  if (matchesNothing(pattern))
    return mistake(
      'This matches where there is nothing.',
      0,
      source.length,
      'at least one character to match',
    );
  if (sizeOf(pattern) > MAX_STATES)
    return mistake('This is too large.', 0, source.length, 'fewer or smaller numbers of repetitions');
  return pattern;
}

function readChoice(scanner: PatternScanner, ignoresCase: boolean, depth: number): Pattern | Mistake {
  const branches: Pattern[] = [];
  do {
    const branch = readSequence(scanner, ignoresCase, depth);
    if (isMistake(branch)) return branch;
    branches.push(branch);
  } while (scanner.takes('|'));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', of: branches };
}

function readSequence(scanner: PatternScanner, ignoresCase: boolean, depth: number): Pattern | Mistake {
  const parts: Pattern[] = [];
  while (!scanner.isAtEnd && scanner.peek() !== '|' && scanner.peek() !== ')') {
    const start = scanner.at;
    const atom = readAtom(scanner, ignoresCase, depth);
    if (isMistake(atom)) return atom;
    const repeated = readRepetition(scanner, atom, start);
    if (isMistake(repeated)) return repeated;
    parts.push(repeated);
  }
  return { kind: 'sequence', of: parts };
}

function readAtom(scanner: PatternScanner, ignoresCase: boolean, depth: number): Pattern | Mistake {
  const { at } = scanner;
  const cased = (set: Parameters<typeof withBothCases>[0]) => (ignoresCase ? withBothCases(set) : set);
  for (const [text, assertion] of Object.entries(ASSERTIONS))
    if (scanner.takes(text)) return { kind: 'assertion', assertion };
  if (scanner.takes('(')) return readGroup(scanner, ignoresCase, depth + 1);
  if (scanner.takes('.')) return { kind: 'unit', set: NO_LINE_END };
  if (scanner.takes('[')) {
    const read = readClass(scanner, at);
    if (isMistake(read)) return read;
    return { kind: 'unit', set: read.isNegated ? complement(cased(read.set)) : cased(read.set) };
  }
  if (scanner.takes('\\')) {
    const set = readEscape(scanner, at);
    return isMistake(set) ? set : { kind: 'unit', set: cased(set) };
  }
  const character = scanner.takeCharacter();
  if ('*+?'.includes(character)) return mistake('This repeats nothing.', at, 1, `\`\\${character}\``);
  // What is beyond 16 bits is two units, one after the other.
  const units = Array.from({ length: character.length }, (_none, index): Pattern => {
    const unit = character.charCodeAt(index);
    return { kind: 'unit', set: cased([[unit, unit]]) };
  });
  return units.length === 1 && units[0] !== undefined ? units[0] : { kind: 'sequence', of: units };
}

function readGroup(scanner: PatternScanner, ignoresCase: boolean, depth: number): Pattern | Mistake {
  const start = scanner.at - 1;
  if (depth > MAX_DEPTH) return mistake('This nests too deep.', start, 1, 'fewer parentheses');
  if (!scanner.takes('?:') && scanner.peek() === '?')
    return mistake('This looks ahead, looks back or has a name.', start, 2, '`(…)` or `(?:…)`');
  const inner = readChoice(scanner, ignoresCase, depth);
  if (isMistake(inner)) return inner;
  if (!scanner.takes(')')) return mistake('This `(` is never closed.', start, 1, 'a `)` behind it');
  return inner;
}

function readRepetition(scanner: PatternScanner, of: Pattern, start: number): Pattern | Mistake {
  const { at } = scanner;
  const times = takeTimes(scanner);
  if (times === undefined) return of;
  const [min, max] = times;
  if (of.kind === 'assertion')
    return mistake('This repeats nothing.', at, scanner.at - at, 'something before it');
  if (min > max) return mistake('The first number is the larger one.', at, scanner.at - at, '`{2,5}`');
  const again = scanner.at;
  if (scanner.peek() !== '' && '?+*'.includes(scanner.peek()))
    return mistake(
      'Nothing is lazy here: all that matches is replaced.',
      again,
      1,
      'what must not be matched, left out: `[^"]*`',
    );
  if (takeTimes(scanner) !== undefined)
    return mistake('This repeats a repetition.', start, scanner.at - start, 'parentheses around the first');
  return { kind: 'repeat', of, min, max };
}

function takeTimes(scanner: PatternScanner): readonly [min: number, max: number] | undefined {
  if (scanner.takes('*')) return [0, Infinity];
  if (scanner.takes('+')) return [1, Infinity];
  if (scanner.takes('?')) return [0, 1];
  const counted = scanner.take(COUNTED);
  if (counted === null) return undefined;
  const [, min, comma, max] = counted;
  return [Number(min), comma === undefined ? Number(min) : max === undefined ? Infinity : Number(max)];
}
