import { SEVERITIES } from '../logs/severity.ts';
import type { ColumnTest, Filter, SeverityTest, TagTest, TimeTest, ValueTest } from './filter.ts';
import { quoted, tagNameFor, valueFor } from './spelling.ts';
import { termText } from './terms.ts';

/** A filter as the expression that is this filter when it is read again, wherever and whenever. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'everything':
      return '*';
    case 'and':
    case 'or':
      return printJoined(filter.of, filter.kind);
    case 'not':
      return printNegated(printPart(filter.of, 'not'));
    case 'term':
      return termText(filter);
    case 'substring':
      return quoted(filter.text);
    case 'column':
    case 'tag':
      return `${nameOf(filter)}${filter.test.kind === 'compare' ? '' : ':'}${printTest(filter.test)}`;
    case 'severity':
      return printSeverities(filter);
    case 'time':
      return printTime(filter);
  }
}

function printJoined(parts: readonly Filter[], kind: 'and' | 'or'): string {
  const separator = kind === 'and' ? ' ' : ' OR ';
  const name = sharedName(parts);
  if (name === undefined) return parts.map((part) => printPart(part, kind)).join(separator);
  return `${name}:(${parts.map((part) => (isFieldTest(part) ? printTest(part.test) : '')).join(separator)})`;
}

/** A dash that meets another, or the point of an arrow, would be text. */
function printNegated(text: string): string {
  return /^[->]/.test(text) ? `NOT ${text}` : `-${text}`;
}

/** A filter as a part of another. AND binds tighter than OR. */
function printPart(filter: Filter, within: 'and' | 'or' | 'not'): string {
  const text = printFilter(filter);
  if (filter.kind !== 'or' && !(filter.kind === 'and' && within === 'not')) return text;
  return sharedName(filter.of) === undefined ? `(${text}${endsInOpenWord(text) ? ' ' : ''})` : text;
}

/** Whether a `)` right after a text could be taken for that of a `(` in its last word. */
function endsInOpenWord(text: string): boolean {
  const word = text.slice(text.lastIndexOf(' ') + 1);
  return word.split('(').length > word.split(')').length;
}

/** The name of the field that all of some conditions are about, if they are about one. */
function sharedName(parts: readonly Filter[]): string | undefined {
  const names = new Set(parts.map((part) => (isFieldTest(part) ? nameOf(part) : undefined)));
  return names.size === 1 ? [...names][0] : undefined;
}

function isFieldTest(filter: Filter): filter is ColumnTest | TagTest {
  return filter.kind === 'column' || filter.kind === 'tag';
}

function nameOf(filter: ColumnTest | TagTest): string {
  return filter.kind === 'column' ? filter.column : tagNameFor(filter.name);
}

/** A test without the `:` that may stand before it. */
function printTest(test: ValueTest): string {
  switch (test.kind) {
    case 'equals':
      return valueFor(test.text);
    case 'matches':
      return test.pieces.map((piece) => (piece === '' ? '' : valueFor(piece))).join('*');
    case 'compare':
      return `${test.op}${valueFor(test.text)}`;
    case 'exists':
      return '*';
  }
}

function printSeverities({ severities }: SeverityTest): string {
  const [lowest] = severities;
  if (lowest === undefined) return `severity<${SEVERITIES[0]}`;
  if (severities.length === 1) return `severity:${lowest}`;
  if (severities.length === SEVERITIES.length) return 'severity:*';
  if (severities.length === SEVERITIES.length - SEVERITIES.indexOf(lowest)) return `severity>=${lowest}`;
  return `severity:(${severities.join(' OR ')})`;
}

function printTime({ op, at }: TimeTest): string {
  // Only with all its digits is a time one microsecond, and not the second that it names.
  const text = op === '=' ? at : at.replace(/\.?0+$/, '');
  return `time${op}${text.replace(' ', 'T')}Z`;
}
