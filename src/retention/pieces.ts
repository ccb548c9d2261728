import { msOf } from '../query/answers/column-time.ts';
import type { EntryKey, EntryReader } from '../query/answers/ports.ts';
import { Scan } from '../query/answers/scan.ts';
import type { Time } from '../query/answers/time-range.ts';
import type { Filter } from '../query/filter.ts';
import { busyDays } from './busy-days.ts';
import type { DeletionFor, Hold, RowDeleter, RuleAccount, ServiceSeverity } from './ports.ts';
import type { RulePlan } from './rule-plan.ts';
import { timeWithout } from './time-without.ts';

/** A transaction of a rule, or a look that found nothing to delete. */
export interface Piece {
  readonly deleted: number;
  /** Rows that it came upon to delete; none of a look. */
  readonly rows: number;
  /** Up to which time of entries all is done. */
  readonly at: string;
}

/** What the pieces of a rule are made with. */
export interface PieceParts {
  readonly reader: EntryReader;
  readonly deleter: RowDeleter;
  readonly on: DeletionFor;
  readonly signal: AbortSignal;
  readonly holds: readonly Hold[];
  /** Of the rule, as of the run before. */
  readonly account: RuleAccount | undefined;
  /** The database's clock. */
  readonly now: string;
  /** To how many rows the next piece is bound. */
  readonly rows: () => number;
  /** Told how many rows there are to delete, where counts say so. */
  readonly found: (rows: number) => void;
}

/** Services and severities that a deletion names. */
const KEYS_AT_ONCE = 100;

/** No column holds an earlier one. */
const FIRST_TIME = '1000-01-01 00:00:00.000000';

/** Deletes what a rule is to delete, oldest first: at most a transaction for each piece. */
export async function* deletePieces(
  plan: Pick<RulePlan, 'selection' | 'cutoff'>,
  parts: PieceParts,
): AsyncGenerator<Piece> {
  const { selection, cutoff } = plan;
  if (selection.kind === 'rows') {
    const from = (isToLookAtAll(cutoff, parts) ? undefined : parts.account?.doneTo) ?? FIRST_TIME;
    if (from >= cutoff) return;
    for (const time of timeWithout({ from, to: cutoff }, parts.holds))
      yield* deleteFound(selection.filter, time, parts);
    return;
  }
  const isMeant = selection.kind === 'all' ? () => true : selection.isMeant;
  const days = await busyDays(parts.reader, { to: cutoff, isMeant }, parts.signal);
  parts.found(days.reduce((sum, { rows }) => sum + rows, 0));
  for (const { time, keys } of days)
    for (const part of timeWithout(time, parts.holds))
      for (const only of selection.kind === 'all' ? [undefined] : partsOf(keys))
        yield* deleteRange(part, only, parts);
}

/**
 * Whether a rule that has to look at rows looks at all of them, not only at those that came of age: once a day, for
 * what came late, or was held. By the day on which its last run began, which any process knows: so long ago as the
 * time is that has come of age since.
 */
function isToLookAtAll(cutoff: string, { account, now }: PieceParts): boolean {
  if (account?.doneTo === undefined) return true;
  const beganAtMs = msOf(now) - (msOf(cutoff) - msOf(account.doneTo));
  return new Date(beganAtMs).toISOString().slice(0, 10) !== now.slice(0, 10);
}

/** Looks and deletions are pieces of their own: what is found is kept until it is enough for a transaction. */
async function* deleteFound(filter: Filter, time: Time, parts: PieceParts): AsyncGenerator<Piece> {
  const { reader, deleter, on, signal, rows } = parts;
  const scan = new Scan(reader, { filter, stretch: { order: 'oldest', ...time } }, signal);
  let found: readonly EntryKey[] = [];
  do {
    const { entries } = await scan.step(Number.MAX_SAFE_INTEGER);
    found = [...found, ...entries.map(keyOf)];
    yield { deleted: 0, rows: 0, at: found[0]?.timestamp ?? scan.position?.timestamp ?? time.to };
    while (found.length >= rows() || (scan.isOver && found.length > 0)) {
      const some = found.slice(0, rows());
      found = found.slice(some.length);
      const deleted = await deleter.deleteEntries(some, on);
      yield { deleted, rows: some.length, at: some.at(-1)?.timestamp ?? time.to };
    }
  } while (!scan.isOver);
}

function keyOf({ timestamp, eventId }: EntryKey): EntryKey {
  return { timestamp, eventId };
}

async function* deleteRange(
  time: Time,
  only: readonly ServiceSeverity[] | undefined,
  { deleter, on, rows }: PieceParts,
): AsyncGenerator<Piece> {
  let after: EntryKey | undefined;
  do {
    const { deleted, end } = await deleter.deleteRange({ ...time, after, only, maxRows: rows() }, on);
    yield { deleted, rows: deleted, at: end?.timestamp ?? time.to };
    after = end;
  } while (after !== undefined);
}

function* partsOf(keys: readonly ServiceSeverity[]): Generator<readonly ServiceSeverity[]> {
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    yield keys.slice(start, start + KEYS_AT_ONCE);
}
