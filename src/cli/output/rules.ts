import { rfc3339 } from '../../logs/entry-json.ts';
import type { Hold, RetentionState, RuleSet } from '../../retention/ports.ts';
import { printRule, requireRules } from '../../retention/rules.ts';
import { visible } from '../../text/visible.ts';
import { count } from './numbers.ts';
import { NO_RULES, rfc3339OrNull, timeText } from './retention.ts';
import { formatTable } from './table.ts';

/** What is in force, for a person. */
export function inForceText(state: RetentionState): string {
  const { ruleSet, holds } = state;
  const held = holds.length === 0 ? '' : `\n${holdsText(holds)}`;
  if (ruleSet === undefined) return `${NO_RULES}${held}`;
  const rows = standing(state).map(({ rule, deleted, doneTo, lastRunAt }) => [
    rule,
    count(deleted),
    doneTo === undefined ? 'never' : timeText(doneTo),
    lastRunAt === undefined ? 'never' : timeText(lastRunAt),
  ]);
  return `${setText(ruleSet)}\n\n${formatTable(['RULE', 'DELETED', 'DONE UP TO', 'LAST RUN'], rows)}${held}`;
}

/** The same for programs. */
export function inForceJson(state: RetentionState) {
  const { now, ruleSet, holds } = state;
  return {
    now: rfc3339(now),
    version: ruleSet?.version ?? null,
    applied_at: rfc3339OrNull(ruleSet?.appliedAt),
    applied_by: ruleSet?.appliedBy ?? null,
    rules: standing(state).map(({ rule, deleted, doneTo, lastRunAt }) => ({
      rule,
      deleted,
      done_to: rfc3339OrNull(doneTo),
      last_run_at: rfc3339OrNull(lastRunAt),
    })),
    holds: holds.map(({ id, from, to, until, reason }) => ({
      id,
      from: rfc3339(from),
      to: rfc3339(to),
      until: rfc3339(until),
      reason,
    })),
  };
}

/** All rules that were in force, for a person. */
export function historyText(sets: readonly RuleSet[]): string {
  if (sets.length === 0) return NO_RULES;
  return sets.map((set) => `${setText(set)}\n${visible(set.rules)}\n`).join('\n');
}

/** A set of rules for programs. */
export function setJson({ version, rules, appliedAt, appliedBy }: RuleSet) {
  return { version, rules, applied_at: rfc3339(appliedAt), applied_by: appliedBy };
}

function standing({ ruleSet, accounts }: RetentionState) {
  const rules = ruleSet === undefined ? [] : requireRules(ruleSet.rules, 'the rules in force');
  return rules.map((rule, place) => {
    const account = accounts.find((one) => one.place === place);
    const { deletedRows: deleted = 0, doneTo, lastRunAt } = account ?? {};
    return { rule: printRule(rule), deleted, doneTo, lastRunAt };
  });
}

function setText({ version, appliedAt, appliedBy }: RuleSet): string {
  return `Version ${String(version)}, in force since ${timeText(appliedAt)}, by ${visible(appliedBy)}.`;
}

function holdsText(holds: readonly Hold[]): string {
  const rows = holds.map(({ from, to, until, reason, id }) => [
    timeText(from),
    timeText(to),
    timeText(until),
    visible(id),
    visible(reason),
  ]);
  return formatTable(['HELD FROM', 'TO', 'UNTIL', 'ID', 'REASON'], rows);
}
