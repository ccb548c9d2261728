import type { Clock } from '../pipeline/ports.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { areSame, basisOf, isOutdated } from './basis.ts';
import { requireRightClock } from './clock-guard.ts';
import { Pacer } from './pacer.ts';
import type { Piece, PieceParts } from './piece.ts';
import { deletePieces } from './pieces.ts';
import type { DeletionFor, RetentionBook, RetentionState, RowDeleter, ServerPace } from './ports.ts';
import { planRules, type RulePlan } from './rule-plan.ts';
import { printRule, requireRules, type Rule } from './rules.ts';

/** What a run of the rules in force works with. */
export interface RetentionParts {
  readonly book: Pick<RetentionBook, 'state' | 'ran'>;
  /** Of the database that is deleted from, not of a replica. */
  readonly reader: EntryReader;
  readonly deleter: RowDeleter;
  readonly pace?: ServerPace | undefined;
  readonly clock: Clock;
  /** The time of this machine, in Unix milliseconds: the database's is compared with it, and nothing else. */
  readonly ownNowMs: () => number;
  /** Share of the time in which it works, above 0, at most 1. */
  readonly share: number;
  /** Protects each transaction. */
  readonly lease?: DeletionFor['lease'];
  /** Aborted, what is being read is given up and no other transaction begins: the run is stopped. */
  readonly signal: AbortSignal;
  /** Whether the database's clock is believed, whatever speaks against it. */
  readonly trustsClock?: boolean | undefined;
  /** Told after each piece, and after each rule. */
  readonly watch?: ((run: RetentionRun) => void) | undefined;
}

/** What became of a rule in a run. */
export interface RuleRun {
  readonly place: number;
  /** As `printRule` writes it. */
  readonly rule: string;
  /** Rows that it deleted. */
  readonly deleted: number;
  /** What is older goes. */
  readonly cutoff: string;
  /** Up to which time of entries it has come, where it is at it; undefined before it begins. */
  readonly at: string | undefined;
  /** Rows that are left for it to delete, as counted; undefined where that is not known, or not yet. */
  readonly left: number | undefined;
  readonly isDone: boolean;
}

/** How a run ended, or that it goes on. */
export type RunEnd = 'goes on' | 'no rules' | 'done' | 'rules changed' | 'stopped';

/** A run, as it stands. */
export interface RetentionRun {
  readonly end: RunEnd;
  /** Of the rules; undefined where there are none. */
  readonly version: number | undefined;
  /** Those that delete anything at all, in their order. */
  readonly rules: readonly RuleRun[];
}

/** How often it is looked whether the rules are still in force, and whether anything is held. */
const LOOK_MS = 1_000;

/**
 * Deletes what the rules in force keep no longer, rule by rule, as of its beginning by the database's clock. Ends once
 * other rules are in force, or other holds: whoever wants these to be done begins another. Whatever ends it, the next
 * goes on from what is committed. Rejects with `LmsError`: CLOCK, RULES, or as the database does.
 */
export async function runRetention(parts: RetentionParts): Promise<RetentionRun> {
  const state = await parts.book.state();
  if (state.ruleSet === undefined) return { end: 'no rules', version: undefined, rules: [] };
  const { version } = state.ruleSet;
  const rules = requireRules(state.ruleSet.rules, `version ${String(version)} of the rules`);
  return new Run(parts, { state, version, rules }).run();
}

/** The rules of a run, and what was said of them at its beginning. */
interface Begun {
  readonly state: RetentionState;
  readonly version: number;
  readonly rules: readonly Rule[];
}

class Run {
  readonly #parts: RetentionParts;
  readonly #begun: Begun;
  readonly #plans: readonly RulePlan[];
  readonly #pacer: Pacer;
  #runs: readonly RuleRun[];
  #end: RunEnd = 'goes on';
  #nextLookAtMs: number;

  constructor(parts: RetentionParts, begun: Begun) {
    this.#parts = parts;
    this.#begun = begun;
    this.#plans = planRules(begun.rules, begun.state.now);
    this.#runs = this.#plans.map(({ rule, place, cutoff }) => ({
      place,
      rule: printRule(rule),
      deleted: 0,
      cutoff,
      at: undefined,
      left: undefined,
      isDone: false,
    }));
    this.#pacer = new Pacer(parts);
    this.#nextLookAtMs = parts.clock.now() + LOOK_MS;
  }

  async run(): Promise<RetentionRun> {
    const { trustsClock, ownNowMs } = this.#parts;
    try {
      if (trustsClock !== true)
        await requireRightClock(this.#begun.state, { ...this.#parts, ownNowMs: ownNowMs() });
      await this.#deleteAll();
    } catch (error) {
      if (this.#parts.signal.aborted) this.#end = 'stopped';
      else if (isOutdated(error)) this.#end = 'rules changed';
      else throw error;
    }
    return this.#standing;
  }

  async #deleteAll(): Promise<void> {
    const { book } = this.#parts;
    const { version } = this.#begun;
    for (const plan of this.#plans) {
      if (!(await this.#isToGoOn())) break;
      await this.#delete(plan);
      if (this.#end !== 'goes on') break;
      await book.ran({ version, place: plan.place, doneTo: plan.cutoff });
      this.#note(plan, { isDone: true, at: plan.cutoff, left: 0 });
    }
    if (this.#end === 'goes on') this.#end = 'done';
  }

  get #standing(): RetentionRun {
    return { end: this.#end, version: this.#begun.version, rules: this.#runs };
  }

  async #delete(plan: RulePlan): Promise<void> {
    const { reader, deleter, lease, signal, clock } = this.#parts;
    const { version, state } = this.#begun;
    const on = { lease, rule: { version, place: plan.place }, basis: basisOf(version, state), signal };
    const account = state.accounts.find(({ place }) => place === plan.place);
    const { holds, now } = state;
    const parts: PieceParts = {
      ...{ reader, deleter, on, signal, holds, account, now },
      rows: () => this.#pacer.rows,
      found: (left) => {
        this.#note(plan, { left });
      },
    };
    let beganAtMs = clock.now();
    for await (const piece of deletePieces(plan, parts)) {
      this.#noteDeleted(plan, piece);
      await this.#pacer.done({ came: piece.rows, tookMs: clock.now() - beganAtMs });
      if (!(await this.#isToGoOn())) return;
      beganAtMs = clock.now();
    }
  }

  #noteDeleted(plan: RulePlan, { deleted, at }: Piece): void {
    const before = this.#runs.find(({ place }) => place === plan.place);
    const left = before?.left === undefined ? undefined : Math.max(0, before.left - deleted);
    this.#note(plan, { deleted: (before?.deleted ?? 0) + deleted, at, left });
  }

  #note({ place }: RulePlan, changed: Partial<RuleRun>): void {
    this.#runs = this.#runs.map((run) => (run.place === place ? { ...run, ...changed } : run));
    this.#parts.watch?.(this.#standing);
  }

  /** What was decided at the beginning holds no longer once somebody has decided otherwise. */
  async #isToGoOn(): Promise<boolean> {
    const { clock, signal, book } = this.#parts;
    if (!signal.aborted && clock.now() >= this.#nextLookAtMs) {
      const { ruleSet, holds } = await book.state();
      const isSame = ruleSet?.version === this.#begun.version && areSame(holds, this.#begun.state.holds);
      if (!isSame) this.#end = 'rules changed';
      this.#nextLookAtMs = clock.now() + LOOK_MS;
    }
    if (signal.aborted) this.#end = 'stopped';
    return this.#end === 'goes on';
  }
}
