import { msOf } from '../../../../../src/query/answers/column-time.ts';
import { isMistake, type Mistake } from '../../../../../src/query/mistake.ts';
import { parseFilter } from '../../../../../src/query/parse.ts';
import { sinceTest, untilTest } from '../../../../../src/query/time-bounds.ts';
import { parsePastTime } from '../../../../../src/query/times.ts';
import type { Times, TimeSpan } from './ladder.ts';

// What reads as the server reads. It brings a calendar along, and is loaded when it is first needed.

/** Where and when something is read. */
export interface ReadingContext {
  readonly nowMs: number;
  readonly zone: string;
}

/** What is wrong with an expression. */
export function mistakeIn(expression: string, context: ReadingContext): Mistake | undefined {
  const filter = parseFilter(expression, context);
  return isMistake(filter) ? filter : undefined;
}

/** What is wrong with a time. */
export function mistakeInTime(text: string, context: ReadingContext): Mistake | undefined {
  const time = parsePastTime(text, context);
  return isMistake(time) ? time : undefined;
}

/** From when to when times mean. Undefined: they can't be read. */
export function readSpan({ since, until }: Times, context: ReadingContext): TimeSpan | undefined {
  const [from, to] = [since, until].map((text) =>
    text === undefined ? undefined : parsePastTime(text, context),
  );
  if (isMistake(from) || isMistake(to)) return undefined;
  const [start] = from === undefined ? [] : sinceTest(from);
  const [end] = to === undefined ? [] : untilTest(to);
  // A microsecond that still belongs to it lies in the last millisecond.
  return { fromMs: start && msOf(start.at), toMs: end && msOf(end.at) + (end.op === '<=' ? 1 : 0) };
}
