import { boundsOf, isDecidedByMinuteCounts } from '../bounds.ts';
import { allOf, type Filter, type TimeTest } from '../filter.ts';
import { END_OF_TIME } from './ports.ts';
import { minuteOf, minutesLater, startOf } from './stretch.ts';

/** From the first time to the first behind it, as a column holds them. Open if absent. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A time with both ends. */
export interface Time {
  readonly from: string;
  readonly to: string;
}

/** A filter in two parts that an entry has to fit both: a range of time, and the rest. */
export interface Ranged {
  readonly range: TimeRange;
  readonly rest: Filter;
}

/** Takes out of a filter the times between which all that it matches lies. */
export function ranged(filter: Filter): Ranged {
  const parts = filter.kind === 'and' ? filter.of : [filter];
  const { from, to, severities } = boundsOf(allOf(parts.filter(isRangeTest)));
  const range = severities?.length === 0 ? NO_TIME : { from, to };
  return { range, rest: allOf(parts.filter((part) => !isRangeTest(part))) };
}

/** What no entry lies in. */
const NO_TIME: Time = { from: END_OF_TIME, to: END_OF_TIME };

function isRangeTest(filter: Filter): filter is TimeTest {
  return filter.kind === 'time' && filter.op !== '=';
}

/** Whether sums of the counts of services and severities say all of a filter: it asks for no time. */
export function isCountable(rest: Filter): boolean {
  return isDecidedByMinuteCounts(rest) && !asksForTime(rest);
}

function asksForTime(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.of.some(asksForTime);
  return filter.kind === 'not' ? asksForTime(filter.of) : filter.kind === 'time';
}

/** What of a time lies in another; undefined: nothing. */
export function within(time: Time, other: TimeRange): Time | undefined {
  const from = other.from !== undefined && other.from > time.from ? other.from : time.from;
  const to = other.to !== undefined && other.to < time.to ? other.to : time.to;
  return from < to ? { from, to } : undefined;
}

/** A time in parts: whole minutes in the middle, and what is left before and behind them. */
export interface SplitTime {
  readonly before: Time | undefined;
  /** `YYYY-MM-DD HH:MM:00`. */
  readonly minutes: { readonly from: string; readonly to: string } | undefined;
  readonly behind: Time | undefined;
}

/** Splits a time, not empty, at the first and the last minute that begin in it. */
export function splitAtMinutes(from: string, to: string): SplitTime {
  const own = minuteOf(from);
  const first = startOf(own) === from ? own : minutesLater(own, 1);
  const last = minuteOf(to);
  if (first === undefined || first >= last)
    return { before: { from, to }, minutes: undefined, behind: undefined };
  return {
    before: startOf(first) === from ? undefined : { from, to: startOf(first) },
    minutes: { from: first, to: last },
    behind: startOf(last) === to ? undefined : { from: startOf(last), to },
  };
}
