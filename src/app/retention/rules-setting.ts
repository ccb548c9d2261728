import { hostname } from 'node:os';
import type { Log } from '../../pipeline/ports.ts';
import type { RetentionBook, RuleSet } from '../../retention/ports.ts';
import { printRules, requireRules } from '../../retention/rules.ts';

/** The setting RETENTION as rules are kept; undefined if it is not set. Throws RULES if it cannot be read. */
export function rulesOfSetting({
  retention,
}: {
  readonly retention?: string | undefined;
}): string | undefined {
  return retention === undefined ? undefined : printRules(requireRules(retention, 'RETENTION'));
}

/** Puts the setting in force where no rules ever were; elsewhere those of the database count, and it is said once. */
export class RulesSetting {
  readonly #rules: string | undefined;
  readonly #log: Log;
  /** The version that the operator was told of to differ. */
  #told: number | undefined;

  /** `rules`: what `rulesOfSetting` says. */
  constructor(rules: string | undefined, log: Log) {
    this.#rules = rules;
    this.#log = log;
  }

  /** Resolves to the rules in force then. `inForce`: those that are before. */
  async apply(
    book: Pick<RetentionBook, 'apply'>,
    inForce: RuleSet | undefined,
  ): Promise<RuleSet | undefined> {
    if (this.#rules === undefined) return inForce;
    if (inForce !== undefined) {
      this.#compare(inForce, this.#rules);
      return inForce;
    }
    const by = `the setting RETENTION on ${hostname()}`;
    const set = await book.apply(this.#rules, { by, ifNone: true });
    this.#log.info({ version: set.version, rules: set.rules }, 'rules of retention are in force');
    this.#compare(set, this.#rules);
    return set;
  }

  #compare({ version, rules: inForce, appliedBy }: RuleSet, setting: string): void {
    if (inForce === setting || this.#told === version) return;
    this.#told = version;
    this.#log.warn({ version, inForce, appliedBy, setting }, DIFFERS);
  }
}

const DIFFERS =
  'the setting RETENTION differs from the rules in force, and those count: `lms retain apply` changes them';
