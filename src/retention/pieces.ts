import { msOf } from '../query/answers/column-time.ts';
import type { EntryKey } from '../query/answers/ports.ts';
import type { Time } from '../query/answers/time-range.ts';
import { busyDays } from './busy-days.ts';
import { deleteMatching } from './matching-pieces.ts';
import type { Piece, PieceParts } from './piece.ts';
import type { ServiceSeverity } from './ports.ts';
import type { RulePlan } from './rule-plan.ts';
import { timeWithout } from './time-without.ts';

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
      yield* deleteMatching(selection.filter, time, parts);
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
