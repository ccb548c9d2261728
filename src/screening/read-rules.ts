import { isMistake, type Mistake, mistake } from '../query/mistake.ts';
import { nearest } from '../text/nearest.ts';
import { readPattern } from './patterns/read-pattern.ts';
import { PatternScanner } from './patterns/scanner.ts';
import { PRESET_NAMES, presetOf } from './presets.ts';
import { Redactor } from './redactor.ts';
import { type RedactionRule, USUAL_REPLACEMENT } from './rules.ts';
import { certainText } from './tag-names.ts';

/** Rules of redaction, or all that is wrong with them. */
export type ReadRules =
  | { readonly kind: 'rules'; readonly rules: readonly RedactionRule[] }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly Mistake[] };

/** Each costs time at the start, and memory. */
const MAX_RULES = 100;
const MAX_REPLACEMENT = 64;
const BETWEEN = /[\s;]*/y;
const REST = /[^;\n]*/y;
const PATTERN = /\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])*)\/([A-Za-z]*)/y;
const QUOTED = /"([^"\n]*)"/y;
const NAME = /[^=;\n"]+/y;
/** What would have to be written otherwise in JSON. */
const UNFIT = /["\\\p{Cc}]/u;

/** A rule, and where it stands. */
interface Placed {
  readonly rule: RedactionRule;
  readonly at: number;
  readonly length: number;
}

/**
 * Reads rules of redaction, with `;` or a new line between: `tag:NAME`, `/PATTERN/`, `/PATTERN/i` or the name
 * of a preset, and behind any of them `=` and what stands in place of what it names.
 */
export function readRules(text: string): ReadRules {
  const scanner = new PatternScanner(text);
  const placed: Placed[] = [];
  const mistakes: Mistake[] = [];
  for (scanner.take(BETWEEN); !scanner.isAtEnd; scanner.take(BETWEEN)) {
    const at = scanner.at;
    const rule = readRule(scanner);
    if (isMistake(rule)) {
      mistakes.push(rule);
      scanner.take(REST);
    } else placed.push({ rule, at, length: scanner.at - at });
  }
  if (mistakes.length === 0) mistakes.push(...mistakesBetween(placed, text));
  return mistakes.length > 0
    ? { kind: 'mistakes', mistakes }
    : { kind: 'rules', rules: placed.map(({ rule }) => rule) };
}

function readRule(scanner: PatternScanner): RedactionRule | Mistake {
  const start = scanner.at;
  const named = readNamed(scanner);
  if (isMistake(named)) return named;
  const name = scanner.text.slice(start, scanner.at).trim();
  const replacement = readReplacement(scanner) ?? usualReplacement(named);
  return typeof replacement === 'string' ? { ...named, name, replacement } : replacement;
}

type Named =
  | Omit<Extract<RedactionRule, { kind: 'tag' }>, 'name' | 'replacement'>
  | Omit<Extract<RedactionRule, { kind: 'pattern' }>, 'name' | 'replacement'>
  | Omit<Extract<RedactionRule, { kind: 'preset' }>, 'name' | 'replacement'>;

const RULE = '`tag:password`, `/\\b\\d{16}\\b/`, or a preset';

function readNamed(scanner: PatternScanner): Named | Mistake {
  const start = scanner.at;
  if (scanner.peek() === '/') return readPatternRule(scanner);
  if (scanner.takes('tag:')) return readTag(scanner);
  const word = scanner.take(NAME)?.[0].trimEnd() ?? '';
  const preset = PRESET_NAMES.find((name) => name === word);
  if (preset !== undefined) return { kind: 'preset', preset };
  const close = nearest(word, PRESET_NAMES);
  const expected = close === undefined ? `${RULE}: ${PRESET_NAMES.join(', ')}` : `\`${close}\``;
  return mistake('This names no rule.', start, Math.max(1, word.length), expected);
}

function readPatternRule(scanner: PatternScanner): Named | Mistake {
  const start = scanner.at;
  const read = scanner.take(PATTERN);
  if (read === null)
    return mistake(
      'This pattern is never closed.',
      start,
      1,
      'a `/` behind it (`\\/` is one that is part of the pattern)',
    );
  const [all, source = '', flags = ''] = read;
  if (flags !== '' && flags !== 'i')
    return mistake(
      `There are no flags \`${flags}\`.`,
      start + all.length - flags.length,
      flags.length,
      '`i`, or none',
    );
  const ignoresCase = flags === 'i';
  const pattern = readPattern(source, ignoresCase);
  if (isMistake(pattern)) return { ...pattern, at: pattern.at + start + 1 };
  return { kind: 'pattern', source, ignoresCase };
}

function readTag(scanner: PatternScanner): Named | Mistake {
  const start = scanner.at;
  const path = scanner.take(QUOTED)?.[1] ?? scanner.take(NAME)?.[0].trim() ?? '';
  if (certainText(path) !== '') return { kind: 'tag', path };
  return mistake(
    'This names no tag, or every one.',
    start,
    Math.max(1, scanner.at - start),
    'a name, or a part of it with `*`: `password`, `user.email`, `*token*`',
  );
}

/** What stands behind the `=`, if there is one: undefined if not. */
function readReplacement(scanner: PatternScanner): string | undefined | Mistake {
  scanner.take(/[^\S\n]*/y);
  const start = scanner.at;
  if (!scanner.takes('=')) {
    const rest = scanner.take(REST)?.[0].trimEnd() ?? '';
    if (rest === '') return undefined;
    return mistake(
      'Something stands behind the rule.',
      start,
      rest.length,
      '`=` and what replaces it, or `;` and the next',
    );
  }
  scanner.take(/[^\S\n]*/y);
  const at = scanner.at;
  const quoted = scanner.take(QUOTED)?.[1];
  const rest = (scanner.take(REST)?.[0] ?? '').trim();
  const replacement = quoted ?? rest;
  const isFit =
    replacement.length <= MAX_REPLACEMENT && replacement.isWellFormed() && !UNFIT.test(replacement);
  if (isFit && replacement !== '' && (quoted === undefined || rest === '')) return replacement;
  return mistake(
    'This cannot stand in place of something.',
    at,
    Math.max(1, scanner.at - at),
    `1 to ${MAX_REPLACEMENT} characters, without quotation marks, backslashes and control characters`,
  );
}

function usualReplacement(named: Named): string {
  return (named.kind === 'preset' ? presetOf(named.preset).replacement : undefined) ?? USUAL_REPLACEMENT;
}

/** What is wrong between rules that are right one by one. */
function mistakesBetween(placed: readonly Placed[], text: string): Mistake[] {
  const [first] = placed;
  if (first === undefined) return [mistake('There are no rules.', 0, text.length, RULE)];
  if (placed.length > MAX_RULES)
    return [mistake(`These are ${placed.length} rules.`, 0, text.length, `at most ${MAX_RULES}`)];
  const twice = placed.filter(
    ({ rule }, index) => placed.findIndex((other) => other.rule.name === rule.name) < index,
  );
  if (twice.length > 0)
    return twice.map(({ at, length }) => mistake('This rule is there twice.', at, length, 'each once'));
  return unsettled(placed);
}

/** What replaces something must not be named itself: it would be replaced again and again, and never the same. */
function unsettled(placed: readonly Placed[]): Mistake[] {
  const redactor = new Redactor(
    placed.map(({ rule }) => rule),
    () => undefined,
  );
  return placed
    .filter(({ rule: { replacement } }) => redactor.text(replacement) !== replacement)
    .map(({ rule, at, length }) =>
      mistake(
        `What replaces it, \`${rule.replacement}\`, is itself named by a rule.`,
        at,
        length,
        'another text behind `=`, such as `***`',
      ),
    );
}
