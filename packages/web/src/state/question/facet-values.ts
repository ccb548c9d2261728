import { printFilter } from '../../../../../src/query/print.ts';
import { conditionsOn, hasCondition } from './refine.ts';

/** A value of a field, with what is asked of it. */
export interface FacetValue {
  readonly value: string;
  /** How many lines have it; undefined: none of those that were counted. */
  readonly count: number | undefined;
  readonly how: 'for' | 'out' | undefined;
}

/** The values of a field: those that the expression names first, then the most frequent. */
export function facetValues(
  q: string,
  field: string,
  counted: readonly { readonly value: string; readonly count: number }[],
): readonly FacetValue[] {
  const counts = new Map(counted.map(({ value, count }) => [value, count]));
  const named = new Set(conditionsOn(q, field).flatMap(({ values }) => values));
  const values = [...new Set([...named, ...counts.keys()])];
  return values.map((value) => ({ value, count: counts.get(value), how: hasCondition(q, field, value) }));
}

/** The name of a field as an expression has it. */
export function shownField(field: string): string {
  const [prefix, name] = ['tags.', field.slice('tags.'.length)];
  if (!field.startsWith(prefix)) return field;
  return printFilter({ kind: 'tag', name, test: { kind: 'exists' } }).slice(0, -':*'.length);
}

/** A value as it can be read: as it is if all of it can be seen, else as an expression has it. */
export function shownValue(value: string): string {
  const written = printFilter({ kind: 'tag', name: 'x', test: { kind: 'equals', text: value } }).slice(
    'x:'.length,
  );
  return value !== '' && written === `"${value}"` ? value : written;
}
