import { LmsError } from '../../errors/catalogue.ts';
import { msOf } from '../../query/answers/column-time.ts';
import { isMistake, showMistake } from '../../query/mistake.ts';
import { parsePastTime } from '../../query/times.ts';

/** A clock that is further from the database's is wrong, or that is. */
const MAX_CLOCK_DIFFERENCE_MS = 3_600_000;

/** The two clocks by which a day is over. */
export interface Clocks {
  readonly machineMs: number;
  /** UTC, as a column holds it. */
  readonly database: string;
}

/**
 * The first day, of UTC, that is not archived: that of a time that a person wrote, so long ago by the database's
 * clock. Throws EXPRESSION for what is no time; QUESTION for a day that is not over, and for clocks that differ by
 * more than an hour, for by the wrong one too much might be deleted.
 */
export function beforeDay(text: string, { machineMs, database }: Clocks): string {
  const time = parsePastTime(text, { nowMs: msOf(database), zone: 'UTC' });
  if (isMistake(time)) {
    const prefix = '--before ';
    throw new LmsError('EXPRESSION', showMistake(prefix + text, { ...time, at: time.at + prefix.length }));
  }
  const machine = new Date(machineMs).toISOString();
  if (Math.abs(machineMs - msOf(database)) > MAX_CLOCK_DIFFERENCE_MS)
    throw new LmsError(
      'QUESTION',
      `this machine's clock says ${machine.slice(0, 19)}Z, the database's ${database.slice(0, 19).replace(' ', 'T')}Z: set the one that is wrong`,
    );
  const day = time.at.slice(0, 10);
  const today = database.slice(0, 10);
  if (day <= today) return day;
  throw new LmsError(
    'QUESTION',
    `--before ${text}: days that are over are archived, before ${today} at most`,
  );
}
