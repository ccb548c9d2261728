import { LmsError } from '../errors/catalogue.ts';
import type { Filter } from '../query/filter.ts';
import { isMistake, type Mistake, mistake, showMistake } from '../query/mistake.ts';
import { parseFilter } from '../query/parse.ts';
import { printFilter } from '../query/print.ts';
import { type AgeHours, parseAge, printAge } from './age.ts';
import { type RulePart, splitRules } from './split-rules.ts';

/** How long entries are kept that a filter matches, and no filter of a rule before it. */
export interface Rule {
  /** Asks for no time. */
  readonly filter: Filter;
  readonly hours: AgeHours;
}

/** The most rules of a set, and the longest text of one. */
const MAX_RULES = 100;
const MAX_LENGTH = 65_536;

/**
 * The rules that a text stands for, or what is wrong with it: `severity:debug=3d; *=365d`, a rule a line or with `;`
 * between them. The first whose filter matches an entry decides; what none matches is kept.
 */
export function parseRules(text: string): readonly Rule[] | Mistake {
  if (text.length > MAX_LENGTH)
    return mistake('The rules are too long.', MAX_LENGTH, 0, `at most ${String(MAX_LENGTH)} characters`);
  const parts = splitRules(text);
  if (parts.length === 0)
    return mistake('There is no rule.', 0, 0, 'at least one, such as `*=forever`, which deletes nothing');
  const surplus = parts[MAX_RULES];
  if (surplus !== undefined)
    return mistake(
      `This is rule number ${String(MAX_RULES + 1)}.`,
      surplus.at,
      surplus.text.length,
      `at most ${String(MAX_RULES)} rules`,
    );
  const rules: Rule[] = [];
  for (const part of parts) {
    const rule = readRule(part);
    if (isMistake(rule)) return { ...rule, at: rule.at + part.at };
    rules.push(rule);
  }
  return rules;
}

/** Rules as `parseRules` reads them again, on one line. */
export function printRules(rules: readonly Rule[]): string {
  return rules.map(printRule).join('; ');
}

/** A rule of them. */
export function printRule({ filter, hours }: Rule): string {
  return `${printFilter(filter)}=${printAge(hours)}`;
}

/** The rules of a text, or RULES with the place shown. `what` is where the text comes from. */
export function requireRules(text: string, what: string): readonly Rule[] {
  const rules = parseRules(text);
  if (!isMistake(rules)) return rules;
  if (splitRules(text).length === 0)
    throw new LmsError('RULES', `there is no rule in ${what}. Expected ${rules.expected}.`);
  throw new LmsError('RULES', `${what} cannot be understood:\n${showRulesMistake(text, rules)}`);
}

/** A mistake for a terminal, on the line that has it. */
function showRulesMistake(text: string, rulesMistake: Mistake): string {
  const start = text.lastIndexOf('\n', rulesMistake.at - 1) + 1;
  const end = text.indexOf('\n', rulesMistake.at);
  const line = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  const number = text.slice(0, start).split('\n').length;
  const shown = showMistake(line, { ...rulesMistake, at: rulesMistake.at - start });
  return text.trim().includes('\n') ? `line ${String(number)}:\n${shown}` : shown;
}

/** Its mistakes are placed from the beginning of the rule. */
function readRule({ text, equalsAt }: RulePart): Rule | Mistake {
  if (equalsAt === undefined)
    return mistake(
      'This rule says no age.',
      text.length,
      0,
      '`=` and an age behind the filter: `severity:debug=3d`',
    );
  const before = text.slice(0, equalsAt);
  const filter = readFilter(before.trimEnd());
  if (isMistake(filter)) return filter;
  const behind = text.slice(equalsAt + 1);
  const age = parseAge(behind.trim());
  if (isMistake(age)) return { ...age, at: equalsAt + 1 + (behind.length - behind.trimStart().length) };
  const rule = { filter, hours: age.hours };
  return canBeReadAgain(rule)
    ? rule
    : mistake(
        'A word here cannot be told from a comment, or from the end of a rule.',
        0,
        equalsAt,
        'quotation marks around it',
      );
}

/** No time is asked for, so that none is needed to read it. */
const NO_TIME = { nowMs: 0, zone: 'UTC' };

function readFilter(text: string): Filter | Mistake {
  if (text === '')
    return mistake('This rule does not say what it is for.', 0, 0, 'a filter, or `*` for everything');
  const filter = parseFilter(text, NO_TIME);
  if (isMistake(filter) || !asksForTime(filter)) return filter;
  return mistake(
    'This rule asks for a time.',
    0,
    text.length,
    'a filter without one: the age is the time of a rule',
  );
}

function asksForTime(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.of.some(asksForTime);
  return filter.kind === 'not' ? asksForTime(filter.of) : filter.kind === 'time';
}

/** Whether what is printed of a rule is this one rule again. */
function canBeReadAgain(rule: Rule): boolean {
  const printed = printRule(rule);
  const [part, ...rest] = splitRules(printed);
  if (part?.equalsAt === undefined || rest.length > 0 || part.text !== printed) return false;
  const again = parseFilter(part.text.slice(0, part.equalsAt), NO_TIME);
  return !isMistake(again) && printFilter(again) === printFilter(rule.filter);
}
