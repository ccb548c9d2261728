import { createHash } from 'node:crypto';
import { isWithin } from '../../archive/intervals.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { boundsOf } from '../../query/bounds.ts';
import type { Hold, RetentionBook, RetentionState, ServiceSeverity } from '../../retention/ports.ts';
import { planRules, type RulePlan, type RuleSelection } from '../../retention/rule-plan.ts';
import { printRule, requireRules } from '../../retention/rules.ts';
import type { RestorePlan } from './restore-plan.ts';

/** Whether retention is kept off what is restored: for so many seconds, not at all, or nothing was said. */
export type HoldChoice = { readonly seconds: number } | 'none' | 'unsaid';

/** What is about to be restored. */
type Restored = Pick<RestorePlan, 'days' | 'time'>;

/**
 * Keeps retention off the time of what is about to be restored, if that was chosen. Rejects with HOLD if nothing was
 * said and a rule in force may delete something of it as soon as it is there.
 */
export async function holdRestored(
  restored: Restored,
  choice: HoldChoice,
  { book, reason }: { readonly book: RetentionBook; readonly reason: string },
): Promise<Hold | undefined> {
  if (choice === 'none') return undefined;
  if (choice === 'unsaid') {
    requireSafe(restored, await book.state());
    return undefined;
  }
  const { time } = restored;
  const id = `restore-${createHash('sha256').update(`${reason} ${time.from} ${time.to}`).digest('hex').slice(0, 32)}`;
  return book.hold({ id, ...time, reason }, choice.seconds);
}

function requireSafe(restored: Restored, { now, ruleSet, holds }: RetentionState): void {
  const { time } = restored;
  if (ruleSet === undefined || holds.some(({ from, to }) => from <= time.from && to >= time.to)) return;
  const rules = requireRules(ruleSet.rules, `the rules in force, version ${ruleSet.version},`);
  const dangerous = planRules(rules, now).find((plan) => mayDelete(plan, restored));
  if (dangerous === undefined) return;
  throw new LmsError(
    'HOLD',
    `the rules in force (version ${ruleSet.version}: ${ruleSet.rules}) would delete of this again what is older than they keep, ` +
      `by ${printRule(dangerous.rule)}`,
  );
}

/** As far as the manifests tell: by times, services and severities. */
function mayDelete({ cutoff, selection }: RulePlan, { days, time }: Restored): boolean {
  if (time.from >= cutoff) return false;
  const old = days.flatMap(({ parts }) => parts).filter(({ first }) => first.timestamp < cutoff);
  return old.some(({ counts }) => counts.some((key) => mayMean(selection, key)));
}

function mayMean(selection: RuleSelection, key: ServiceSeverity): boolean {
  if (selection.kind === 'all') return true;
  return selection.kind === 'keys' ? selection.isMeant(key) : isWithin(key, boundsOf(selection.filter));
}
