import { formatInstant } from '../logs/instant-text.ts';
import { msOf } from '../query/answers/column-time.ts';
import { isCountable } from '../query/answers/time-range.ts';
import { allOf, type Filter } from '../query/filter.ts';
import { matches } from '../query/predicate.ts';
import type { ServiceSeverity } from './ports.ts';
import type { Rule } from './rules.ts';

/** What a rule deletes as of a time. */
export interface RulePlan {
  readonly rule: Rule;
  /** Its place in the set, from 0. */
  readonly place: number;
  /** What is older goes: the beginning of a minute, as a column holds it. */
  readonly cutoff: string;
  readonly selection: RuleSelection;
}

/** Which of the rows that are older than the cutoff of a rule it deletes. */
export type RuleSelection =
  | { readonly kind: 'all' }
  /** Those of some services and severities, whatever else is in them. */
  | { readonly kind: 'keys'; readonly isMeant: (key: ServiceSeverity) => boolean }
  /** Those that a filter matches. */
  | { readonly kind: 'rows'; readonly filter: Filter };

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * What each rule deletes, in their order; those that keep for ever are left out. Whatever an earlier rule matches
 * that keeps for longer is none of its business. What one matches that keeps for less is older than its cutoff,
 * too, and goes either way: such a rule is done before, and needs not be asked again.
 */
export function planRules(rules: readonly Rule[], now: string): readonly RulePlan[] {
  return rules.flatMap((rule, place) => {
    const cutoff = cutoffOf(rule, now);
    if (cutoff === undefined) return [];
    const longer = rules.slice(0, place).filter((earlier) => keepsLonger(earlier, rule));
    return [
      {
        rule,
        place,
        cutoff,
        selection: selectionOf(
          rule.filter,
          longer.map(({ filter }) => filter),
        ),
      },
    ];
  });
}

/** What a rule matches, and none of the rules before it. */
export function ownSelection(rules: readonly Rule[], place: number): Filter {
  const [own, ...earlier] = [rules[place], ...rules.slice(0, place)].flatMap((rule) => rule?.filter ?? []);
  return own === undefined ? allOf([]) : without(own, earlier);
}

/**
 * The first time that a rule keeps as of a time, by the beginning of its minute: the counts by minute then say
 * whether there is anything before it. Undefined: it keeps all, or from before all times that a column holds.
 */
export function cutoffOf({ hours }: Pick<Rule, 'hours'>, now: string): string | undefined {
  if (hours === undefined) return undefined;
  const ms = Math.floor((msOf(now) - hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  return formatInstant({ seconds: ms / 1_000, nanos: 0 }) ?? undefined;
}

function keepsLonger(one: Rule, other: Rule): boolean {
  return one.hours === undefined || (other.hours !== undefined && one.hours > other.hours);
}

function selectionOf(filter: Filter, excluded: readonly Filter[]): RuleSelection {
  if (filter.kind === 'everything' && excluded.length === 0) return { kind: 'all' };
  const all = without(filter, excluded);
  if (!isCountable(all)) return { kind: 'rows', filter: all };
  const isMatch = matches(all);
  return { kind: 'keys', isMeant: (key) => isMatch({ ...ANY, ...key }) };
}

/** An entry like any other of its service and severity, to a filter that asks for no more. */
const ANY = { timestamp: '', eventId: '', payload: '', tags: null };

function without(filter: Filter, excluded: readonly Filter[]): Filter {
  return allOf([filter, ...excluded.map((of): Filter => ({ kind: 'not', of }))]);
}
