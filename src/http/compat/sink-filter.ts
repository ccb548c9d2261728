import { formatInstant } from '../../logs/instant-text.ts';
import { isJsonObject } from '../../logs/json.ts';
import { msOf } from '../../query/answers/column-time.ts';
import type { Filter, TagTest } from '../../query/filter.ts';
import { textOf } from '../../query/tags.ts';
import { wrong } from '../question.ts';
import { type Bounds, type Given, requireOrder, single, timeParameters, timeTests } from './parameters.ts';
import { ofService } from './reading.ts';

/** Parameters that are no tags. */
const RESERVED: ReadonlySet<string> = new Set([
  'message',
  'time__gte',
  'time__lte',
  'tags',
  'page',
  'per_page',
  'num_intervals',
]);
const WINDOW_MS = 10 * 86_400_000;
/** The first and the last time that a column holds. */
const FIRST = '1000-01-01 00:00:00.000000';

/** Which logs are asked for, and the times that they lie between: both included, as a column holds them. */
export interface Window {
  readonly filter: Filter;
  readonly from: string;
  readonly to: string;
}

/** What is asked for within a window of ten days, unless the parameters say another. Throws PARAMETER. */
export function readWindow(
  given: Given,
  { service, nowMs }: { readonly service: string; readonly nowMs: number },
): Window {
  const window = windowOf(timeParameters(given), nowMs);
  requireOrder(window);
  return { filter: ofService(service, [...timeTests(window), ...filtersOf(given)]), ...window };
}

/** What is asked for of all time, unless the parameters say less. Throws PARAMETER. */
export function readOpen(given: Given, service: string): Filter {
  return ofService(service, [...timeTests(timeParameters(given)), ...filtersOf(given)]);
}

/** The filters beside the time. */
function filtersOf(given: Given): Filter[] {
  const text = single(given, 'message');
  return [
    ...(text === undefined ? [] : [{ kind: 'substring', text } as const]),
    ...tagTests(given),
    ...namedTagTests(single(given, 'tags')),
  ];
}

/** Of what is deleted there are no pages: with one of them, more would be deleted than was meant. Throws PARAMETER. */
export function requireNoPages(given: Given): void {
  for (const name of ['page', 'per_page', 'num_intervals'])
    if (given[name] !== undefined) throw wrong(name, 'what is deleted has no pages');
}

/** Ten days: before the end, or before now. A beginning alone reaches to now. */
function windowOf({ from, to }: Bounds, nowMs: number): { readonly from: string; readonly to: string } {
  // All of this millisecond has been: what came in it has microseconds.
  const end = to ?? columnTime(nowMs, 999);
  return { from: from ?? earlier(end), to: end };
}

function earlier(time: string): string {
  const start = columnTime(msOf(time) - WINDOW_MS, Number(time.slice(23)));
  return start < FIRST ? FIRST : start;
}

/** The first time if it lies before that. */
function columnTime(ms: number, micros: number): string {
  const seconds = Math.floor(ms / 1_000);
  return formatInstant({ seconds, nanos: ((ms - seconds * 1_000) * 1_000 + micros) * 1_000 }) ?? FIRST;
}

/** Every parameter that is not reserved is the name of a tag, and all of its values have to be there. */
function tagTests(given: Given): TagTest[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (RESERVED.has(name)) return [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((each) => tagTest(name, String(each)));
  });
}

/** Tags in JSON: for names that are reserved. */
function namedTagTests(text: string | undefined): TagTest[] {
  if (text === undefined) return [];
  const parsed = parsedJson(text);
  if (!isJsonObject(parsed)) throw wrong('tags', 'it should be an object of JSON, such as {"page":"7"}');
  return Object.entries(parsed).map(([name, value]) => {
    const wanted = textOf(value);
    if (wanted === undefined) throw wrong('tags', 'each tag should be a text, a number, true, false or null');
    return tagTest(name, wanted);
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tagTest(name: string, text: string): TagTest {
  return { kind: 'tag', name, test: { kind: 'equals', text } };
}
