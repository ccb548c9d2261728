import { END_OF_TIME } from '../../query/answers/ports.ts';
import { minutesLater, startOf } from '../../query/answers/stretch.ts';
import type { Time } from '../../query/answers/time-range.ts';
import { count, type Row, text } from '../rows.ts';
import { minuteBound } from '../stretch-sql.ts';
import { WIDTHS, type WordsDialect, type WordsSession } from './session.ts';

/** Whole minutes, from the first to the first behind them: `YYYY-MM-DD HH:MM:00`, or the end of the time. */
export interface Minutes {
  readonly from: string;
  readonly to: string;
}

/** A minute, an hour or a day in which the blocks did not see every row. */
export interface Untrusted extends Minutes {
  /** Rows that are there. */
  readonly rows: number;
  /** Those of them that the blocks saw, or fewer. */
  readonly seen: number;
}

type Width = keyof typeof WIDTHS;

const NARROWER: Readonly<Record<Width, Width | undefined>> = {
  day: 'hour',
  hour: 'minute',
  minute: undefined,
};
/** Looked into one by one; of more, the others are untrusted as they are. */
const MAX_RUNS = 64;

/**
 * The times in whole days in which some row may not have been seen by any block, oldest first. The number of
 * rows less that of those which were seen is never below zero and never falls, for each minute: late rows raise
 * it, deletions lower both. So in a day whose sums are equal they are equal in each minute.
 */
export async function untrustedTimes(
  session: WordsSession,
  dialect: WordsDialect,
  days: Minutes,
): Promise<readonly Time[]> {
  const found = await untrustedIn(session, dialect, 'day', [days]);
  return found.map(({ from, to }) => ({ from: startOf(from), to: to === END_OF_TIME ? to : startOf(to) }));
}

/** What is not trusted of some times, as narrow as it can be told. */
async function untrustedIn(
  session: WordsSession,
  dialect: WordsDialect,
  width: Width,
  times: readonly Minutes[],
): Promise<readonly Minutes[]> {
  const narrower = NARROWER[width];
  const found: Minutes[] = [];
  for (const time of times) {
    const untrusted = await untrustedOf(session, dialect, width, time);
    if (narrower === undefined) {
      found.push(...runsOf(untrusted));
      continue;
    }
    // What no block has seen at all need not be looked into.
    const partly = runsOf(untrusted.filter(({ seen }) => seen > 0));
    found.push(...runsOf(untrusted.filter(({ seen }) => seen <= 0)), ...partly.slice(MAX_RUNS));
    found.push(...(await untrustedIn(session, dialect, narrower, partly.slice(0, MAX_RUNS))));
  }
  return found.toSorted((one, other) => (one.from < other.from ? -1 : 1));
}

/** The minutes, hours or days of a time that are not trusted, oldest first. */
export async function untrustedOf(
  session: WordsSession,
  { asText }: WordsDialect,
  width: Width,
  { from, to }: Minutes,
): Promise<readonly Untrusted[]> {
  const sql = `SELECT ${asText('counted.start')} AS start, counted.counted, seen.rows_at_build AS seen
    FROM (SELECT start, SUM(\`count\`) AS counted FROM lms_rollups
      WHERE width = ${WIDTHS[width]} AND by_service = 0 AND start >= ? AND start < ? GROUP BY start) AS counted
    LEFT JOIN lms_words_minutes AS seen ON seen.width = ${WIDTHS[width]} AND seen.start = counted.start
    WHERE COALESCE(seen.rows_at_build, 0) <> counted.counted ORDER BY counted.start`;
  const rows = await session.select(sql, [from, minuteBound(to)]);
  return rows.map((row) => untrustedOfRow(row, Number(WIDTHS[width])));
}

function untrustedOfRow(row: Row, minutes: number): Untrusted {
  const from = text(row, 'start').slice(0, 19);
  return {
    from,
    to: minutesLater(from, minutes) ?? END_OF_TIME,
    rows: count(row, 'counted'),
    seen: count(row, 'seen'),
  };
}

/** Together what follows each other. */
function runsOf(times: readonly Minutes[]): readonly Minutes[] {
  const runs: Minutes[] = [];
  for (const { from, to } of times) {
    const last = runs.at(-1);
    if (last?.to === from) runs[runs.length - 1] = { from: last.from, to };
    else runs.push({ from, to });
  }
  return runs;
}
