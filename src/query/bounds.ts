import { dayNumber } from '../logs/calendar.ts';
import { formatInstant } from '../logs/instant-text.ts';
import type { Severity } from '../logs/severity.ts';
import { SEVERITIES } from '../logs/severity.ts';
import type { Filter, TimeTest } from './filter.ts';

/** Where all entries lie that a filter matches; others may lie there too. What is absent says nothing. */
export interface Bounds {
  /** The first time, as a column holds it. */
  readonly from?: string;
  /** The first time after them. */
  readonly to?: string;
  readonly services?: readonly string[];
  /** Lowest first. */
  readonly severities?: readonly Severity[];
}

const NOTHING: Bounds = { severities: [] };

/** The bounds of a filter. A list of none, or a `from` that is not before `to`, if it can match nothing. */
export function boundsOf(filter: Filter): Bounds {
  return boundsUnder(filter, false);
}

/** The bounds of a filter, or of its negation. */
function boundsUnder(filter: Filter, isNegated: boolean): Bounds {
  switch (filter.kind) {
    case 'everything':
      return isNegated ? NOTHING : {};
    case 'and':
    case 'or': {
      const parts = filter.of.map((part) => boundsUnder(part, isNegated));
      return (filter.kind === 'and') === isNegated ? union(parts) : parts.reduce(intersection, {});
    }
    case 'not':
      return boundsUnder(filter.of, !isNegated);
    case 'severity':
      return { severities: SEVERITIES.filter((one) => filter.severities.includes(one) !== isNegated) };
    case 'time':
      return isNegated ? negatedTimeBounds(filter) : timeBounds(filter);
    case 'column': {
      const isOneService = !isNegated && filter.column === 'service' && filter.test.kind === 'equals';
      return isOneService ? { services: [filter.test.text] } : {};
    }
    case 'term':
    case 'substring':
    case 'tag':
      return {};
  }
}

function timeBounds({ op, at }: TimeTest): Bounds {
  const next = nextMicrosecond(at);
  const upToAt = next === null ? {} : { to: next };
  switch (op) {
    case '>=':
      return { from: at };
    case '>':
      return next === null ? NOTHING : { from: next };
    case '<':
      return { to: at };
    case '<=':
      return upToAt;
    case '=':
      return { from: at, ...upToAt };
  }
}

const NEGATED = { '>=': '<', '>': '<=', '<': '>=', '<=': '>' } as const;

function negatedTimeBounds({ kind, op, at }: TimeTest): Bounds {
  return op === '=' ? {} : timeBounds({ kind, op: NEGATED[op], at });
}

/** The time one microsecond later; null after the last that a column holds. */
export function nextMicrosecond(at: string): string | null {
  const micros = Number(at.slice(20)) + 1;
  if (micros < 1_000_000) return `${at.slice(0, 20)}${String(micros).padStart(6, '0')}`;
  const day = dayNumber(Number(at.slice(0, 4)), Number(at.slice(5, 7)), Number(at.slice(8, 10)));
  const [hour = 0, minute = 0, second = 0] = at.slice(11, 19).split(':').map(Number);
  return formatInstant({ seconds: day * 86_400 + hour * 3_600 + minute * 60 + second + 1, nanos: 0 });
}

function canMatchNothing({ from, to, services, severities }: Bounds): boolean {
  const isEmptyRange = from !== undefined && to !== undefined && from >= to;
  return isEmptyRange || services?.length === 0 || severities?.length === 0;
}

function intersection(one: Bounds, other: Bounds): Bounds {
  return bounds({
    from: outer([one.from, other.from].filter(isDefined), (a, b) => a > b),
    to: outer([one.to, other.to].filter(isDefined), (a, b) => a < b),
    services: common(one.services, other.services),
    severities: common(one.severities, other.severities),
  });
}

/** An alternative that says nothing of a column leaves that column open. */
function union(parts: readonly Bounds[]): Bounds {
  const possible = parts.filter((part) => !canMatchNothing(part));
  if (possible.length === 0) return NOTHING;
  const severities = allDefined(possible.map((part) => part.severities))?.flat();
  return bounds({
    from: outer(allDefined(possible.map((part) => part.from)) ?? [], (a, b) => a < b),
    to: outer(allDefined(possible.map((part) => part.to)) ?? [], (a, b) => a > b),
    services: distinct(allDefined(possible.map((part) => part.services))?.flat()),
    severities: severities && SEVERITIES.filter((severity) => severities.includes(severity)),
  });
}

function bounds(all: { readonly [Name in keyof Bounds]-?: Bounds[Name] | undefined }): Bounds {
  const { from, to, services, severities } = all;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(services === undefined ? {} : { services }),
    ...(severities === undefined ? {} : { severities }),
  };
}

function outer(times: readonly string[], isFurther: (a: string, b: string) => boolean): string | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => (isFurther(a, b) ? a : b));
}

function common<T>(one: readonly T[] | undefined, other: readonly T[] | undefined): readonly T[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((value) => other.includes(value));
}

function distinct<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values && [...new Set(values)];
}

function allDefined<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const defined = values.filter(isDefined);
  return defined.length === values.length ? defined : undefined;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/**
 * Whether all entries of one minute, service and severity are alike to a filter, so that counts of those
 * decide how many it matches: it is then true of any of them, whatever else that entry has.
 */
export function isDecidedByMinuteCounts(filter: Filter): boolean {
  switch (filter.kind) {
    case 'everything':
    case 'severity':
      return true;
    case 'and':
    case 'or':
      return filter.of.every(isDecidedByMinuteCounts);
    case 'not':
      return isDecidedByMinuteCounts(filter.of);
    case 'time':
      return (filter.op === '>=' || filter.op === '<') && filter.at.endsWith(':00.000000');
    case 'column':
      return filter.column === 'service' || filter.test.kind === 'exists';
    case 'term':
    case 'substring':
    case 'tag':
      return false;
  }
}
