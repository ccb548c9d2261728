import { msOf } from '../../query/answers/column-time.ts';
import type { RetentionState } from '../../retention/ports.ts';
import { requireRules } from '../../retention/rules.ts';
import { type RetentionRun, runRetention } from '../../retention/run.ts';
import { RETENTION_LEASE, type WorkLease } from '../../store/work-leases.ts';
import { type OpenedRetention, openRetention } from '../retention/open-retention.ts';
import { RetentionWatch, type RuleNumbers } from '../retention/retention-watch.ts';
import { rulesOfSetting, RulesSetting } from '../retention/rules-setting.ts';
import { type SizeLimit, sizeLimitOf } from '../retention/size-limit.ts';
import type { Job, JobParts } from './job.ts';

/** How often it is looked whether a run is due, or other rules are in force: a few short statements. */
const LOOK_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Makes the job `retention`: it deletes what the rules in force keep no longer. Throws RULES for the setting. */
export function makeRetentionJob(parts: JobParts, open = openRetention): Job {
  return new RetentionJob(parts, open(parts));
}

class RetentionJob implements Job {
  readonly name = RETENTION_LEASE;
  readonly restMs = LOOK_MS;
  readonly #parts: JobParts;
  readonly #opened: OpenedRetention;
  readonly #setting: RulesSetting;
  readonly #limit: SizeLimit | undefined;
  readonly #watch = new RetentionWatch(() => performance.now());

  constructor(parts: JobParts, opened: OpenedRetention) {
    this.#parts = parts;
    this.#opened = opened;
    this.#setting = new RulesSetting(rulesOfSetting(parts.settings), parts.log);
    this.#limit = sizeLimitOf({ ...parts, opened });
  }

  async run(lease: WorkLease, signal: AbortSignal): Promise<void> {
    const measured = await this.#limit?.measuredIfDue(this.#parts.settings.retentionIntervalMs, signal);
    try {
      while (!signal.aborted && (await this.#look(lease, signal)));
    } finally {
      // Rules that cannot be done must not let the disk fill.
      if (measured !== undefined && !signal.aborted) await this.#limit?.run(measured, { lease, signal });
    }
  }

  /** By how much the rule is overdue that is so most. */
  lagMs(): number | undefined {
    if (!this.#watch.isKnown) return undefined;
    return Math.max(0, ...this.#watch.numbers().map(({ overdueMs }) => overdueMs));
  }

  retention(): readonly RuleNumbers[] {
    return this.#watch.numbers();
  }

  /** What is overdue by more than some runs that were missed. */
  notes(): readonly string[] {
    const most = 2 * this.#parts.settings.retentionIntervalMs + HOUR_MS;
    return this.#watch
      .numbers()
      .filter(({ overdueMs }) => overdueMs > most)
      .map(overdueText);
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  /** Resolves to whether to look again at once: other rules came into force meanwhile. */
  async #look(lease: WorkLease, signal: AbortSignal): Promise<boolean> {
    const { book } = this.#opened;
    const before = await book.state();
    const ruleSet = await this.#setting.apply(book, before.ruleSet);
    this.#watch.note({ ...before, ruleSet });
    if (ruleSet === undefined || !isDue({ ...before, ruleSet }, this.#parts.settings.retentionIntervalMs))
      return false;
    const run = await runRetention({
      ...(await this.#opened.parts()),
      lease,
      signal,
      watch: (standing) => {
        this.#watch.follow(standing);
      },
    });
    this.#tell(run);
    if (!signal.aborted) this.#watch.note(await book.state());
    return run.end === 'rules changed';
  }

  #tell({ end, version, rules }: RetentionRun): void {
    const deleted = rules.filter((rule) => rule.deleted > 0);
    if (deleted.length === 0) return;
    const byRule = Object.fromEntries(deleted.map((rule) => [rule.rule, rule.deleted]));
    this.#parts.log.info({ version, end, deleted: byRule }, 'entries were deleted by rules of retention');
  }
}

/** Whether a rule that deletes has not run for so long, or never. */
function isDue({ now, ruleSet, accounts }: RetentionState, intervalMs: number): boolean {
  const rules = ruleSet === undefined ? [] : requireRules(ruleSet.rules, 'the rules in force');
  return rules.some(({ hours }, place) => {
    if (hours === undefined) return false;
    const lastRunAt = accounts.find((account) => account.place === place)?.lastRunAt;
    // A clock that was ahead, and is right again, puts off nothing.
    return lastRunAt === undefined || lastRunAt > now || msOf(now) - msOf(lastRunAt) >= intervalMs;
  });
}

function overdueText({ rule, overdueMs, overdueRows }: RuleNumbers): string {
  const entries = overdueRows === 1 ? 'entry' : 'entries';
  const rows = overdueRows === undefined ? '' : `, ${String(overdueRows)} ${entries}`;
  return `retention is overdue: ${rule} by ${String(Math.floor(overdueMs / HOUR_MS))} h${rows}`;
}
