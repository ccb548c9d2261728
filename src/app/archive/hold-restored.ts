import { createHash } from 'node:crypto';
import { LmsError } from '../../errors/catalogue.ts';
import { msOf } from '../../query/answers/column-time.ts';
import type { Time } from '../../query/answers/time-range.ts';
import type { Hold, RetentionBook, RetentionState } from '../../retention/ports.ts';
import { requireRules } from '../../retention/rules.ts';

const HOUR_MS = 3_600_000;

/** Whether retention is kept off what is restored: for so many seconds, not at all, or nothing was said. */
export type HoldChoice = { readonly seconds: number } | 'none' | 'unsaid';

/**
 * Keeps retention off a time that is about to be restored, if that was chosen. Rejects with HOLD if nothing was
 * said and the rules in force may delete something of it as soon as it is there.
 */
export async function holdRestored(
  time: Time,
  choice: HoldChoice,
  { book, reason }: { readonly book: RetentionBook; readonly reason: string },
): Promise<Hold | undefined> {
  if (choice === 'none') return undefined;
  if (choice === 'unsaid') {
    requireSafe(time, await book.state());
    return undefined;
  }
  const id = `restore-${createHash('sha256').update(`${reason} ${time.from} ${time.to}`).digest('hex').slice(0, 32)}`;
  return book.hold({ id, ...time, reason }, choice.seconds);
}

function requireSafe(time: Time, { now, ruleSet, holds }: RetentionState): void {
  if (ruleSet === undefined || holds.some(({ from, to }) => from <= time.from && to >= time.to)) return;
  const hours = requireRules(ruleSet.rules, `the rules in force, version ${ruleSet.version},`)
    .map((rule) => rule.hours)
    .filter((each) => each !== undefined);
  const ageMs = msOf(now) - msOf(time.from);
  if (hours.every((each) => ageMs < each * HOUR_MS)) return;
  throw new LmsError(
    'HOLD',
    `the rules in force (version ${ruleSet.version}: ${ruleSet.rules}) would delete of this again what is older than they keep`,
  );
}
