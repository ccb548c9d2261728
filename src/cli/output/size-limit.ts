import { rfc3339 } from '../../logs/entry-json.ts';
import { MIN_AGE_HOURS } from '../../retention/size-rule.ts';
import type { SizePlan, SizeRun } from '../../retention/size-run.ts';
import { byteText, count } from './numbers.ts';

/** What the last rule has done, for a person; empty where there is none. */
export function sizeRunText(run: SizeRun | undefined): string {
  if (run === undefined) return '';
  const { plan, deleted, end } = run;
  if (plan.kind !== 'exceeds' || plan.cut === undefined) return sizePlanText(plan);
  const more = plan.excess.isAll && end === 'done' ? '' : ' The next run goes on.';
  return `${exceeds(plan.excess.bytes)} ${count(deleted)} of the oldest were deleted, before ${plan.cut.cutoff.slice(0, 19)} UTC.${more}\n`;
}

/** What the last rule would do, for a person; empty where there is none. */
export function sizePlanText(plan: SizePlan | undefined): string {
  if (plan === undefined) return '';
  if (plan.kind === 'unknown')
    return 'RETENTION_MAX_BYTES cannot be kept: the size of service_logs is not to be seen.\n';
  if (plan.kind === 'too few') return 'RETENTION_MAX_BYTES: of so few entries none is deleted for it.\n';
  const { excess } = plan;
  if (plan.kind === 'fits') return `RETENTION_MAX_BYTES: about ${byteText(excess.bytes)}, which fits.\n`;
  if (plan.cut === undefined)
    return `${exceeds(excess.bytes)} All that is left is held, or younger than ${MIN_AGE_HOURS} h.\n`;
  const more = excess.isAll ? '' : ' That is as much as one run deletes; the next ones go on.';
  return `${exceeds(excess.bytes)} About ${count(excess.rows)} of the oldest would be deleted, before ${plan.cut.cutoff.slice(0, 19)} UTC.${more}\n`;
}

function exceeds(bytes: number): string {
  return `RETENTION_MAX_BYTES is exceeded: about ${byteText(bytes)}.`;
}

/** What the last rule would do, for programs: what is not known is null. */
export function sizePlanJson(plan: SizePlan): object {
  const isKnown = plan.kind === 'fits' || plan.kind === 'exceeds';
  const cutoff = plan.kind === 'exceeds' ? plan.cut?.cutoff : undefined;
  return {
    state: plan.kind.replace(' ', '_'),
    estimated_bytes: isKnown ? plan.excess.bytes : null,
    entries: isKnown ? plan.excess.rows : null,
    older_than: cutoff === undefined ? null : rfc3339(cutoff),
  };
}
