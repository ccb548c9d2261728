import { SEVERITIES } from '../../../../src/logs/severity.ts';
import { printFilter } from '../../../../src/query/print.ts';
import { client } from '../api/api.ts';
import { type Place, placeAt } from './completion-place.ts';
import { keyOfName } from './expression-parts.ts';
import { run } from './run.ts';

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

/**
 * What could be written at the cursor: names of fields, or values of one with how many entries of the range have
 * them. Rejects as the client does.
 */
export async function optionsAt(
  text: string,
  cursor: number,
  signal: AbortSignal,
): Promise<readonly Option[]> {
  const place = placeAt(text, cursor);
  if (place === undefined) return [];
  const candidates =
    place.kind === 'name' ? await names(text, place, signal) : await values(text, place, signal);
  return fitting(candidates, place.prefix).map((candidate) => optionOf(text, place, candidate));
}

/** What is known without asking the server. */
export function knownOptionsAt(text: string, cursor: number): readonly Option[] {
  const place = placeAt(text, cursor);
  if (place === undefined) return [];
  const known = place.kind === 'name' ? COLUMNS : (fixedValues(place.field) ?? []);
  return fitting(known, place.prefix).map((candidate) => optionOf(text, place, candidate));
}

async function names(text: string, place: Place, signal: AbortSignal): Promise<readonly Candidate[]> {
  const tags = await answered('tags', await textBefore(text, place), signal);
  return [...COLUMNS, ...tags.map(({ sought, count }) => ({ sought, count, written: nameText(sought) }))];
}

async function values(
  text: string,
  place: Place & { readonly field: string },
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const fixed = fixedValues(place.field);
  return fixed ?? answered(place.field, await textBefore(text, place), signal);
}

function fixedValues(field: string): readonly Candidate[] | undefined {
  const key = keyOfName(field);
  if (key === 'severity') return SEVERITY_VALUES;
  if (key === 'time') return TIMES;
  return key === 'payload' || key === 'event_id' ? [] : undefined;
}

/** The values of a field among what the rest of the expression finds, if that can be read as it stands. */
async function answered(field: string, q: string, signal: AbortSignal): Promise<readonly Candidate[]> {
  const { number, since, until, tz } = run.peek();
  if (answersOf !== number || answers.size > MAX_KEPT) answers.clear();
  answersOf = number;
  const key = JSON.stringify([field, q]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const found = await client.values({ field, q, since, until, tz, limit: MAX_ASKED }, { signal });
  const list = found.values.map(({ value, count }) => ({ sought: value, count, written: valueText(value) }));
  answers.set(key, list);
  return list;
}

/** What stands before the condition that is being written, if that can be asked by itself. */
async function textBefore(text: string, { from }: Place): Promise<string> {
  const { mistakeIn } = await import('./parsing.ts');
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
  return candidates
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
