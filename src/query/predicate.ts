import type { LogEntry } from '../logs/entry.ts';
import type { JsonObject } from '../logs/json.ts';
import { compareDecimals, parseDecimal } from './decimals.ts';
import type { ColumnName, ComparisonOperator, Filter, TimeTest, ValueTest } from './filter.ts';
import { fold } from './filter.ts';
import { findTag, parseTags, textOf } from './tags.ts';
import { compareTexts, matchesPieces, wordFinder } from './texts.ts';

/** What a filter looks at of an entry. */
export type Filtered = Pick<
  LogEntry,
  'timestamp' | 'eventId' | 'serviceName' | 'severity' | 'payload' | 'tags'
>;

/** Whether a filter matches an entry. */
export type Predicate = (entry: Filtered) => boolean;

/** An entry with what is made of it once, and only if a condition asks for it: several filters share that. */
export class FilteredView {
  readonly entry: Filtered;
  #tags: JsonObject | undefined;
  #folded: string | undefined;

  constructor(entry: Filtered) {
    this.entry = entry;
  }

  get tags(): JsonObject {
    return (this.#tags ??= parseTags(this.entry.tags));
  }

  get folded(): string {
    return (this.#folded ??= fold(this.entry.payload));
  }
}

type Condition = (view: FilteredView) => boolean;

/** What a filter means. Compiled once; whatever else selects entries by a filter has to agree with it. */
export function matches(filter: Filter): Predicate {
  const condition = conditionOf(filter);
  return (entry) => condition(new FilteredView(entry));
}

/** The same of entries that many filters look at. */
export function matchesView(filter: Filter): (view: FilteredView) => boolean {
  return conditionOf(filter);
}

function conditionOf(filter: Filter): Condition {
  switch (filter.kind) {
    case 'everything':
      return () => true;
    case 'and': {
      const all = filter.of.map(conditionOf);
      return (view) => all.every((condition) => condition(view));
    }
    case 'or': {
      const any = filter.of.map(conditionOf);
      return (view) => any.some((condition) => condition(view));
    }
    case 'not': {
      const condition = conditionOf(filter.of);
      return (view) => !condition(view);
    }
    case 'term': {
      const occurs = wordFinder(filter.text, filter.openStart, filter.openEnd);
      return (view) => occurs(view.folded);
    }
    case 'substring':
      return ({ entry }) => entry.payload.includes(filter.text);
    case 'severity':
      return ({ entry }) => filter.severities.includes(entry.severity);
    case 'time':
      return timeCondition(filter);
    case 'column': {
      const passes = valueCondition(filter.test);
      const read = COLUMNS[filter.column];
      return ({ entry }) => passes(read(entry));
    }
    case 'tag':
      return tagCondition(filter.name, filter.test);
  }
}

const COLUMNS: Readonly<Record<ColumnName, (entry: Filtered) => string>> = {
  service: (entry) => entry.serviceName,
  payload: (entry) => entry.payload,
  event_id: (entry) => entry.eventId,
};

/** All times have the same number of digits: their order is that of their texts. */
function timeCondition({ op, at }: TimeTest): Condition {
  if (op === '=') return ({ entry }) => entry.timestamp === at;
  const passes = ORDERS[op];
  return ({ entry }) => passes(compareTexts(entry.timestamp, at));
}

function tagCondition(name: string, test: ValueTest): Condition {
  if (test.kind === 'exists') return ({ tags }) => findTag(tags, name) !== undefined;
  const passesText = valueCondition(test);
  const passes = (value: unknown): boolean => {
    const text = textOf(value);
    return text !== undefined && passesText(text);
  };
  return ({ tags }) => {
    const value = findTag(tags, name);
    return Array.isArray(value) ? value.some(passes) : passes(value);
  };
}

function valueCondition(test: ValueTest): (text: string) => boolean {
  switch (test.kind) {
    case 'equals':
      return (text) => text === test.text;
    case 'matches':
      return (text) => matchesPieces(text, test.pieces);
    case 'compare':
      return comparison(test.op, test.text);
    case 'exists':
      return () => true;
  }
}

const ORDERS: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
};

function comparison(op: ComparisonOperator, asked: string): (text: string) => boolean {
  const passes = ORDERS[op];
  const number = parseDecimal(asked);
  if (number === undefined) return (text) => passes(compareTexts(text, asked));
  return (text) => {
    const value = parseDecimal(text);
    return value !== undefined && passes(compareDecimals(value, number));
  };
}
