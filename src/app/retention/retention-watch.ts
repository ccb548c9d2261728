import { msOf } from '../../query/answers/column-time.ts';
import type { RetentionState, RuleAccount } from '../../retention/ports.ts';
import { cutoffOf } from '../../retention/rule-plan.ts';
import { printRule, requireRules, type Rule } from '../../retention/rules.ts';
import type { RetentionRun, RuleRun } from '../../retention/run.ts';

/** How a rule that deletes stands. */
export interface RuleNumbers {
  /** As `printRule` writes it. */
  readonly rule: string;
  /** Rows that it has deleted since it is in force. */
  readonly deletedRows: number;
  /** For how long what it would delete has been old enough, at most. */
  readonly overdueMs: number;
  /** Rows that it is about to delete, as counted; undefined where that is not known. */
  readonly overdueRows: number | undefined;
  /** When it last came to its end: Unix milliseconds, by the database's clock. */
  readonly lastRunAtMs: number | undefined;
}

/** A rule with what the database said of it. */
interface Watched {
  readonly place: number;
  readonly rule: Rule;
  readonly account: RuleAccount | undefined;
}

/** Keeps what is known of retention between two looks at the database. */
export class RetentionWatch {
  readonly #now: () => number;
  #state: RetentionState | undefined;
  #notedAtMs = 0;
  #rules: readonly Watched[] = [];
  #run: RetentionRun | undefined;

  /** `now` is in milliseconds that only ever grow. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the database has said anything. */
  get isKnown(): boolean {
    return this.#state !== undefined;
  }

  /** Takes what the database says. Throws RULES if its rules cannot be read. */
  note(state: RetentionState): void {
    const { ruleSet, accounts } = state;
    const rules =
      ruleSet === undefined
        ? []
        : requireRules(ruleSet.rules, `version ${String(ruleSet.version)} of the rules`);
    this.#state = state;
    this.#notedAtMs = this.#now();
    this.#run = undefined;
    this.#rules = rules
      .map((rule, place) => ({ place, rule, account: accounts.find((one) => one.place === place) }))
      .filter(({ rule }) => rule.hours !== undefined);
  }

  /** Takes how a run stands that began after that. */
  follow(run: RetentionRun): void {
    this.#run = run;
  }

  /** Each rule that deletes, in order. */
  numbers(): readonly RuleNumbers[] {
    const state = this.#state;
    if (state === undefined) return [];
    const nowMs = msOf(state.now) + this.#now() - this.#notedAtMs;
    const isSame = this.#run?.version === state.ruleSet?.version;
    return this.#rules.map((watched) => {
      const run = isSame ? this.#run?.rules.find(({ place }) => place === watched.place) : undefined;
      return numbersOf(watched, { state, nowMs, run });
    });
  }
}

/** The state that the rest is as of, and what time it is now. */
interface AsOf {
  readonly state: RetentionState;
  readonly nowMs: number;
  readonly run: RuleRun | undefined;
}

function numbersOf({ rule, account }: Watched, { state, nowMs, run }: AsOf): RuleNumbers {
  const isDone = run?.isDone === true;
  const lastRunAt = isDone ? state.now : account?.lastRunAt;
  const doneTo = isDone ? run.cutoff : account?.doneTo;
  return {
    rule: printRule(rule),
    deletedRows: (account?.deletedRows ?? 0) + (run?.deleted ?? 0),
    overdueMs: Math.max(0, overdueMs(rule, state, doneTo)) + nowMs - msOf(state.now),
    overdueRows: run?.left,
    lastRunAtMs: lastRunAt === undefined ? undefined : msOf(lastRunAt),
  };
}

/** A rule that never ran is overdue since it is in force. */
function overdueMs(rule: Rule, { now, ruleSet }: RetentionState, doneTo: string | undefined): number {
  if (doneTo === undefined) return ruleSet === undefined ? 0 : msOf(now) - msOf(ruleSet.appliedAt);
  const cutoff = cutoffOf(rule, now);
  return cutoff === undefined ? 0 : msOf(cutoff) - msOf(doneTo);
}
