import * as z from 'zod';
import { rfc3339 } from '../logs/entry-json.ts';
import { type Cursor, filterHash, parseCursor } from '../query/answers/cursor.ts';
import type { Stretch } from '../query/answers/ports.ts';
import { ranged, type TimeRange } from '../query/answers/time-range.ts';
import { allOf, type Filter } from '../query/filter.ts';
import { isMistake, type Mistake } from '../query/mistake.ts';
import { parseFilter } from '../query/parse.ts';
import { sinceTest, untilTest } from '../query/time-bounds.ts';
import { isZone, parsePastTime, type Time } from '../query/times.ts';
import { text } from './parameters.ts';
import { Problem } from './problems.ts';

/** The parameters that say which entries are meant. */
export const QUESTION = {
  q: text()
    .default('')
    .meta({
      description: 'An expression of the query language; all entries if absent.',
      examples: ['service:checkout severity>=error', '"connection reset" -user:bot'],
    }),
  since: text()
    .optional()
    .meta({
      description: 'From this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z.',
      examples: ['1h', '2026-11-25T14:00:00Z'],
    }),
  until: text()
    .optional()
    .meta({
      description: 'Up to where the minute or day begins, or with the second.',
      examples: ['now', '2026-11-26'],
    }),
  tz: text()
    .default('UTC')
    .meta({
      description: 'The zone that times are read in.',
      examples: ['Europe/Berlin', 'UTC'],
    }),
};

/** What a request asks with these. */
export type WrittenQuestion = z.output<z.ZodObject<typeof QUESTION>>;

/** Which entries are meant. */
export interface Question {
  readonly filter: Filter;
  /** The time that all of them lie in, as far as the question says it. */
  readonly range: TimeRange;
  readonly zone: string;
}

/** Reads a question. Throws EXPRESSION with the place of the first mistake, or PARAMETER for a zone. */
export function readQuestion({ q, since, until, tz }: WrittenQuestion, nowMs: number): Question {
  if (!isZone(tz)) throw wrong('tz', 'there is no such zone; Europe/Berlin or UTC are zones');
  const context = { nowMs, zone: tz };
  const filter = parseFilter(q, context);
  if (isMistake(filter)) throw mistaken('q', filter);
  const times = [
    ...(since === undefined ? [] : sinceTest(required('since', parsePastTime(since, context)))),
    ...(until === undefined ? [] : untilTest(required('until', parsePastTime(until, context)))),
  ];
  const { from, to } = ranged(allOf(times)).range;
  if (from !== undefined && to !== undefined && from >= to)
    throw wrong('until', 'there is no time between since and until');
  const whole = allOf([filter, ...times]);
  return { filter: whole, range: ranged(whole).range, zone: tz };
}

/** A problem of one parameter. */
export function wrong(parameter: string, reason: string): Problem {
  return new Problem('PARAMETER', `${parameter}: ${reason}.`, { errors: [{ parameter, reason }] });
}

function required(parameter: string, time: Time | Mistake): Time {
  if (isMistake(time)) throw mistaken(parameter, time);
  return time;
}

function mistaken(parameter: string, { message, expected, at, length }: Mistake): Problem {
  const reason = `${message} Expected ${expected}.`;
  return new Problem('EXPRESSION', `${parameter}: ${reason}`, {
    errors: [{ parameter, reason }],
    at,
    length,
  });
}

/** Reads a cursor. Throws CURSOR if it is none. */
export function readCursor(written: string): Cursor {
  const cursor = parseCursor(written);
  if (cursor !== undefined) return cursor;
  throw new Problem('CURSOR', 'cursor: this is damaged, or of another release of lms.');
}

/** Where a question goes on by a cursor. Throws CURSOR if it is one of another question. */
export function placeOf(
  { stretch, filterHash: hash }: Cursor,
  { filter }: Pick<Question, 'filter'>,
): Stretch {
  if (hash === filterHash(filter)) return stretch;
  throw new Problem('CURSOR', 'cursor: this is of another question than the one it is given with.');
}

/** A time with both its ends, as answers have it; null: open. */
export const RANGE = z.strictObject({
  from: z.string().nullable(),
  to: z.string().nullable().meta({ description: 'The first time behind it.' }),
});

/** The range of a question for an answer. */
export function shownRange({ from, to }: TimeRange): z.output<typeof RANGE> {
  return { from: shownTime(from), to: shownTime(to) };
}

/** A time of a column for an answer. */
export function shownTime(time: string | undefined): string | null {
  return time === undefined ? null : rfc3339(time);
}
