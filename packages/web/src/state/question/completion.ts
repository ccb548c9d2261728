import { SEVERITIES } from '../../../../../src/logs/severity.ts';
import { printFilter } from '../../../../../src/query/print.ts';
import { client } from '../../api/api.ts';
import { run } from '../run.ts';
import { type Place, placeAt } from './completion-place.ts';
import { keyOfName } from './expression-parts.ts';
import { shownField } from './facet-values.ts';
import { mistakeIn } from './parsing.ts';

/** Something that can be put into an expression. */
export interface Option {
  readonly kind: 'name' | 'value' | 'recent';
  /** What is shown. */
  readonly label: string;
  /** How many entries have it, as far as that is known. */
  readonly count?: number | undefined;
  /** The expression with it. */
  readonly text: string;
  /** Where the cursor stands then. */
  readonly cursor: number;
}

interface Candidate {
  /** What is compared with what is written already. */
  readonly sought: string;
  readonly count?: number | undefined;
  /** As an expression has it. */
  readonly written: string;
}

const MAX_SHOWN = 30;
const MAX_ASKED = 200;
const MAX_KEPT = 50;

const COLUMNS: readonly Candidate[] = ['service', 'severity', 'time', 'message', 'event_id'].map((name) => ({
  sought: name,
  written: `${name}:`,
}));
const TIMES: readonly Candidate[] = ['-5m', '-15m', '-1h', '-1d', 'today', 'yesterday'].map(plain);
const SEVERITY_VALUES = SEVERITIES.map(plain);

/** What was answered in this run. */
const answers = new Map<string, readonly Candidate[]>();
let answersOf = -1;

/** What could be written at the cursor, as far as that is known: without asking the server. */
export function knownOptionsAt(text: string, cursor: number): readonly Option[] {
  const place = placeAt(text, cursor);
  if (place === undefined) return [];
  const known = questionsOf(text, place).flatMap((question) => answers.get(keyOfQuestion(question)) ?? []);
  const all =
    place.kind === 'name' ? [...COLUMNS, ...known.map(nameOf)] : (fixedValues(place.field) ?? known);
  return fitting(all, place.prefix).map((candidate) => optionOf(text, place, candidate));
}

/**
 * Asks for what could be written at the cursor: names of fields, or values of one with how many entries of the
 * range have them. Rejects as the client does.
 */
export async function learnOptionsAt(text: string, cursor: number, signal: AbortSignal): Promise<void> {
  const place = placeAt(text, cursor);
  if (place === undefined || (place.kind === 'value' && fixedValues(place.field) !== undefined)) return;
  const [all, beginning] = questionsOf(text, place);
  if (all === undefined) return;
  const found = await answered(all, signal);
  // There are more: those that begin as what is written does.
  if (beginning !== undefined && found.length === MAX_ASKED) await answered(beginning, signal);
}

interface ValuesQuestion {
  readonly field: string;
  readonly q: string;
}

/** What is asked for a place; then the same of what begins with what is written there. */
function questionsOf(text: string, place: Place): readonly ValuesQuestion[] {
  const field = place.kind === 'name' ? 'tags' : place.field;
  const q = textBefore(text, place);
  if (place.kind === 'name' || place.prefix === '') return [{ field, q }];
  const begins = `${shownField(keyOfName(field))}:${valueText(place.prefix)}*`;
  return [
    { field, q },
    { field, q: `${q} ${begins}`.trim() },
  ];
}

async function answered(question: ValuesQuestion, signal: AbortSignal): Promise<readonly Candidate[]> {
  const { number, since, until, tz } = run.peek();
  if (answersOf !== number || answers.size > MAX_KEPT) answers.clear();
  answersOf = number;
  const key = keyOfQuestion(question);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const found = await client.values({ ...question, since, until, tz, limit: MAX_ASKED }, { signal });
  const list = found.values.map(({ value, count }) => ({ sought: value, count, written: valueText(value) }));
  answers.set(key, list);
  return list;
}

function keyOfQuestion({ field, q }: ValuesQuestion): string {
  return JSON.stringify([field, q]);
}

function nameOf({ sought, count }: Candidate): Candidate {
  return { sought, count, written: nameText(sought) };
}

function fixedValues(field: string): readonly Candidate[] | undefined {
  const key = keyOfName(field);
  if (key === 'severity') return SEVERITY_VALUES;
  if (key === 'time') return TIMES;
  return key === 'payload' || key === 'event_id' ? [] : undefined;
}

/** What stands before the condition that is being written, if that can be asked by itself. */
function textBefore(text: string, { from }: Place): string {
  const before = text.slice(0, from).replace(/\S*$/, '').trim();
  const isAskable = mistakeIn(before, { nowMs: Date.now(), zone: 'UTC' }) === undefined;
  return isAskable ? before : '';
}

function fitting(candidates: readonly Candidate[], prefix: string): readonly Candidate[] {
  const sought = prefix.toLowerCase();
  const rank = (candidate: Candidate) => {
    const at = candidate.sought.toLowerCase().indexOf(sought);
    return at === -1 ? 2 : Math.min(at, 1);
  };
  const unique = new Map(candidates.map((candidate) => [candidate.written, candidate]));
  return [...unique.values()]
    .filter((candidate) => rank(candidate) < 2 && candidate.written !== prefix)
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, MAX_SHOWN);
}

function optionOf(text: string, place: Place, { count, written }: Candidate): Option {
  const rest = text.slice(place.to);
  const isLast = place.kind === 'value' && rest === '';
  const whole = text.slice(0, place.from) + written + (isLast ? ' ' : '') + rest;
  const cursor = place.from + written.length + (isLast ? 1 : 0);
  // As it would be written: nothing in it is unseen.
  return { kind: place.kind, label: written, count, text: whole, cursor };
}

function plain(text: string): Candidate {
  return { sought: text, written: text };
}

function nameText(name: string): string {
  return printFilter({ kind: 'tag', name, test: { kind: 'exists' } }).slice(0, -'*'.length);
}

function valueText(value: string): string {
  return printFilter({ kind: 'tag', name: 'x', test: { kind: 'equals', text: value } }).slice('x:'.length);
}
