import { msOf } from './answers/column-time.ts';
import type { TimeTest } from './filter.ts';
import type { Time } from './times.ts';

/** The condition that entries are of a time or later. */
export function sinceTest({ at, isCut }: Time): [TimeTest] {
  return [{ kind: 'time', op: isCut ? '>' : '>=', at }];
}

/**
 * The condition that entries are from before a time; none if all are. A minute, an hour's start or a day ends the time where it begins: what comes until 14:00 is not of 14:00. A
 * second or a part of one is part of it, so that the time that an entry is shown with, copied, includes it.
 */
export function untilTest({ at, isCut, end }: Time): TimeTest[] {
  if (isCut || end === undefined) return [{ kind: 'time', op: '<=', at }];
  if (end === null) return [];
  return [{ kind: 'time', op: '<', at: msOf(end) - msOf(at) <= 1_000 ? end : at }];
}
