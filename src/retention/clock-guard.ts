import { LmsError } from '../errors/catalogue.ts';
import { columnText } from '../logs/instant-text.ts';
import { msOf } from '../query/answers/column-time.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { minuteOf, minutesLater } from '../query/answers/stretch.ts';
import type { RetentionState } from './ports.ts';

/** So far the clocks of this machine and of the database may be apart: more than any that are kept right. */
const MAX_APART_MS = 3_600_000;
/**
 * So long after the last sign that its clock was right, the database's may have gone on: a clock that jumped
 * further ahead would have everything deleted that is not so old yet. A database that is written to, or whose
 * retention runs, gives a sign every hour.
 */
const MAX_SILENCE_MS = 24 * 3_600_000;

/** What the guard looks at. */
export interface GuardParts {
  readonly reader: EntryReader;
  /** Of this machine, Unix milliseconds. */
  readonly ownNowMs: number;
  readonly signal: AbortSignal;
}

/** Throws CLOCK if the database's clock may be wrong, and what it would delete not be old. */
export async function requireRightClock(
  { now, ruleSet, accounts }: RetentionState,
  { reader, ownNowMs, signal }: GuardParts,
): Promise<void> {
  const apartMs = msOf(now) - ownNowMs;
  if (Math.abs(apartMs) > MAX_APART_MS) {
    const own = columnText(Math.floor(ownNowMs / 1_000), '000000') ?? 'another time';
    throw wrong(
      `the database's clock says ${short(now)}, this machine's ${short(own)}: one of them is wrong`,
    );
  }
  const newest = await newestUpTo(now, reader, signal);
  const signs = [newest, ruleSet?.appliedAt, ...accounts.map(({ lastRunAt }) => lastRunAt)];
  const last = signs
    .filter((sign) => sign !== undefined && sign <= now)
    .sort()
    .at(-1);
  if (last === undefined || msOf(now) - msOf(last) <= MAX_SILENCE_MS) return;
  throw wrong(
    `the database's clock says ${short(now)}, and the last sign of it before is of ${short(last)}: no entry and no run of retention is newer`,
  );
}

/** The newest minute of an entry that is not from the future: one clock that is ahead says nothing. */
async function newestUpTo(
  now: string,
  reader: EntryReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  const to = minutesLater(minuteOf(now), 1);
  const { counts } = await reader.minutes({ order: 'newest', to, maxCounts: 1 }, signal);
  return counts[0]?.minute;
}

function wrong(message: string): LmsError {
  return new LmsError('CLOCK', `${message}. Nothing was deleted`);
}

function short(time: string): string {
  return `${time.slice(0, 19)} UTC`;
}
