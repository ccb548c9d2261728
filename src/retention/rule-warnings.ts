import { SEVERITIES, type Severity } from '../logs/severity.ts';
import { boundsOf } from '../query/bounds.ts';
import type { Filter } from '../query/filter.ts';
import { printFilter } from '../query/print.ts';
import { printRule, type Rule } from './rules.ts';

/** A line for each rule that can decide nothing, as far as that can be told from the rules alone. */
export function ruleWarnings(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap((rule, place) => {
    const why = uselessness(rule.filter, rules.slice(0, place));
    return why === undefined ? [] : [`rule ${String(place + 1)}, ${printRule(rule)}, never decides: ${why}`];
  });
}

function uselessness(filter: Filter, earlier: readonly Rule[]): string | undefined {
  const { services, severities } = boundsOf(filter);
  if (services?.length === 0 || severities?.length === 0) return 'no entry can match it';
  const place = earlier.findIndex((rule) => includes(rule.filter, filter));
  const before = earlier[place];
  if (before !== undefined)
    return `rule ${String(place + 1)}, ${printRule(before)}, matches all that it does, and comes first`;
  const claimed = earlier.flatMap((rule) => severitiesAlone(rule.filter));
  const left = (severities ?? SEVERITIES).filter((severity) => !claimed.includes(severity));
  return left.length === 0 ? 'rules before it match all its severities' : undefined;
}

/** Whether a filter surely matches all that another does. */
function includes(wide: Filter, narrow: Filter): boolean {
  if (wide.kind === 'everything' || printFilter(wide) === printFilter(narrow)) return true;
  if (wide.kind === 'or' && wide.of.some((part) => includes(part, narrow))) return true;
  if (narrow.kind === 'or') return narrow.of.every((part) => includes(wide, part));
  if (wide.kind === 'and') return wide.of.every((part) => includes(part, narrow));
  if (narrow.kind === 'and') return narrow.of.some((part) => includes(wide, part));
  return (
    wide.kind === 'severity' &&
    narrow.kind === 'severity' &&
    narrow.severities.every((severity) => wide.severities.includes(severity))
  );
}

/** The severities that a filter matches whatever else an entry has. */
function severitiesAlone(filter: Filter): readonly Severity[] {
  if (filter.kind === 'severity') return filter.severities;
  return filter.kind === 'or' ? filter.of.flatMap(severitiesAlone) : [];
}
