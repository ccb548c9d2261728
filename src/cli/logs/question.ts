import { LmsError } from '../../errors/catalogue.ts';
import { ranged } from '../../query/answers/time-range.ts';
import type { Filter, TimeTest } from '../../query/filter.ts';
import { allOf } from '../../query/filter.ts';
import type { Mistake } from '../../query/mistake.ts';
import { isMistake, showMistake } from '../../query/mistake.ts';
import { parseFilter } from '../../query/parse.ts';
import { sinceTest, untilTest } from '../../query/time-bounds.ts';
import type { Time, TimeContext } from '../../query/times.ts';
import { isZone, parsePastTime } from '../../query/times.ts';
import { machineZone, ZoneClock } from '../../query/zone-clock.ts';

/** What a person wrote to say which entries are meant. */
export interface WrittenQuestion {
  /** The words of an expression; together they are one. */
  readonly expression: readonly string[];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly around?: string | undefined;
  /** The zone that times are read and shown in; undefined: the machine's. */
  readonly tz?: string | undefined;
}

/** Which entries are meant. */
export interface Question {
  readonly filter: Filter;
  /** The time to look around, as a column holds it. */
  readonly around: string | undefined;
  readonly clock: ZoneClock;
}

/** Reads a question. Throws EXPRESSION with the place of the first mistake, QUESTION for one that has no place. */
export function readQuestion(written: WrittenQuestion, nowMs: number): Question {
  const clock = clockOf(written.tz);
  const context = { nowMs, zone: clock.zone };
  const text = written.expression.join(' ');
  const filter = parseFilter(text, context);
  if (isMistake(filter)) throw new LmsError('EXPRESSION', showMistake(text, filter));
  const since = written.since === undefined ? [] : sinceTest(readTime('--since', written.since, context));
  const until = written.until === undefined ? [] : untilTest(readTime('--until', written.until, context));
  requireTimeBetween([...since, ...until], written);
  const around = written.around === undefined ? undefined : readTime('--around', written.around, context).at;
  return { filter: allOf([filter, ...since, ...until]), around, clock };
}

/** Throws QUESTION if the end is not after the beginning: then nothing could ever match. */
function requireTimeBetween(tests: readonly TimeTest[], { since = '', until = '' }: WrittenQuestion): void {
  const { from, to } = ranged(allOf(tests)).range;
  if (from === undefined || to === undefined || from < to) return;
  const reason =
    from > to
      ? `--since ${since} is later than --until ${until}`
      : `there is no time from --since ${since} to --until ${until}, which ends where its minute or day begins`;
  throw new LmsError('QUESTION', reason);
}

/** The clock of a zone, or the machine's. Throws QUESTION if there is no such zone. */
export function clockOf(zone = machineZone()): ZoneClock {
  if (isZone(zone)) return new ZoneClock(zone);
  throw new LmsError('QUESTION', `--tz: there is no zone ${zone}, such as Europe/Berlin or UTC`);
}

function readTime(option: string, text: string, context: TimeContext): Time {
  const time = parsePastTime(text, context);
  if (!isMistake(time)) return time;
  const prefix = `${option} `;
  const shown: Mistake = { ...time, at: time.at + prefix.length };
  throw new LmsError('EXPRESSION', showMistake(prefix + text, shown));
}
