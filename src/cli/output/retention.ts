import { rfc3339 } from '../../logs/entry-json.ts';
import type { RetentionState, RuleSet } from '../../retention/ports.ts';
import type { RulePreview } from '../../retention/preview.ts';
import { printRule, printRules, requireRules, type Rule } from '../../retention/rules.ts';
import type { RetentionRun } from '../../retention/run.ts';
import type { SizePlan, SizeRun } from '../../retention/size-run.ts';
import { visibleJson } from '../../text/visible.ts';
import { byteText, count } from './numbers.ts';
import { sizePlanJson } from './size-limit.ts';
import { formatTable } from './table.ts';

/** What is said where there are no rules. */
export const NO_RULES =
  'There are no rules of retention, and nothing is deleted: `lms retain apply` puts some in force.\n';

/** Entries that a run has deleted. */
export function deletedRows({ rules }: RetentionRun): number {
  return rules.reduce((sum, { deleted }) => sum + deleted, 0);
}

/** A run for a person. */
export function runText(run: RetentionRun): string {
  if (run.end === 'no rules') return NO_RULES;
  if (run.rules.length === 0) return 'The rules in force delete nothing.\n';
  const rows = run.rules.map(({ rule, deleted, cutoff, isDone }) => [
    rule,
    count(deleted),
    timeText(cutoff),
    isDone ? 'yes' : 'no',
  ]);
  const changed = run.end === 'rules changed' ? 'Other rules, or other holds, are in force now.\n' : '';
  return `${formatTable(['RULE', 'DELETED', 'OLDER THAN', 'DONE'], rows)}${changed}`;
}

/** The same as JSON, on one line. */
export function runJson({ end, version, rules }: RetentionRun, size: SizeRun | undefined): string {
  return `${JSON.stringify({
    end: end.replace(' ', '_'),
    version: version ?? null,
    deleted: rules.reduce((sum, { deleted }) => sum + deleted, 0),
    rules: rules.map(({ rule, deleted, cutoff, isDone }) => ({
      rule,
      deleted,
      older_than: rfc3339(cutoff),
      done: isDone,
    })),
    size: size === undefined ? null : { deleted: size.deleted, ...sizePlanJson(size.plan) },
  })}\n`;
}

/** What rules would delete, for a person. */
export function previewText(previews: readonly RulePreview[], { holds }: RetentionState): string {
  if (previews.length === 0) return NO_RULES;
  const rows = previews.map(({ rule, rows: entries, bytes, oldest, newest, cutoff }) => [
    rule,
    cutoff === undefined ? 'keeps all' : count(entries),
    entries === 0 ? '' : `about ${byteText(bytes)}`,
    oldest === undefined ? '' : timeText(oldest),
    newest === undefined ? '' : timeText(newest),
  ]);
  const held = holds.length === 0 ? '' : 'What is held is left out: `lms retain rules` shows it.\n';
  return `${formatTable(['RULE', 'WOULD DELETE', 'OF THE TABLE', 'OLDEST', 'NEWEST'], rows)}${held}`;
}

/** The same as JSON. */
export function previewJson(
  previews: readonly RulePreview[],
  { now, ruleSet }: RetentionState,
  size: SizePlan | undefined,
): string {
  return visibleJson({
    now: rfc3339(now),
    version: ruleSet?.version ?? null,
    rules: previews.map(({ rule, rows, bytes, oldest, newest, cutoff }) => ({
      rule,
      older_than: rfc3339OrNull(cutoff),
      entries: rows,
      estimated_bytes: bytes,
      oldest: rfc3339OrNull(oldest),
      newest: rfc3339OrNull(newest),
    })),
    size: size === undefined ? null : sizePlanJson(size),
  });
}

/** What other rules change: a line for each rule, with `-` if it goes, `+` if it comes. */
export function changesText(before: RuleSet | undefined, rules: readonly Rule[]): string {
  const old = before === undefined ? [] : requireRules(before.rules, 'the rules in force').map(printRule);
  const now = rules.map(printRule);
  if (printRules(rules) === before?.rules) return '';
  const lines = [
    ...old.filter((rule) => !now.includes(rule)).map((rule) => `- ${rule}`),
    ...now.map((rule) => `${old.includes(rule) ? ' ' : '+'} ${rule}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** What is in force now. */
export function appliedText({ version, appliedAt, appliedBy }: RuleSet, isNew: boolean): string {
  return isNew
    ? `Version ${String(version)} of the rules is in force.\n`
    : `These rules are in force already: version ${String(version)}, of ${timeText(appliedAt)}, by ${appliedBy}.\n`;
}

/** A time of a column for a person, to the second. */
export function timeText(time: string): string {
  return `${time.slice(0, 19)} UTC`;
}

/** The same for programs, exactly. */
export function rfc3339OrNull(time: string | undefined): string | null {
  return time === undefined ? null : rfc3339(time);
}
