import { tagNameFor, valueFor } from '../../../../../src/query/spelling.ts';
import type { ValuesPart } from './refine.ts';

/** A value of a field, with what is asked of it. */
export interface FacetValue {
  readonly value: string;
  /** How many lines have it; undefined: none of those that were counted. */
  readonly count: number | undefined;
  readonly how: 'for' | 'out' | undefined;
}

/** The values of a field: those that conditions on it name first, then the most frequent. */
export function facetValues(
  conditions: readonly ValuesPart[],
  counted: readonly { readonly value: string; readonly count: number }[],
): readonly FacetValue[] {
  const counts = new Map(counted.map(({ value, count }) => [value, count]));
  const named = new Set(conditions.flatMap(({ values }) => values));
  const values = [...new Set([...named, ...counts.keys()])];
  return values.map((value) => ({ value, count: counts.get(value), how: howOf(conditions, value) }));
}

/** The name of a field as an expression has it. */
export function shownField(field: string): string {
  const [prefix, name] = ['tags.', field.slice('tags.'.length)];
  if (!field.startsWith(prefix)) return field;
  return tagNameFor(name);
}

/** A value as it can be read: as it is if all of it can be seen, else as an expression has it. */
export function shownValue(value: string): string {
  const written = valueFor(value);
  return value !== '' && written === `"${value}"` ? value : written;
}

/** Whether conditions ask for a value, or for all but it. */
export function howOf(conditions: readonly ValuesPart[], value: string): FacetValue['how'] {
  const found = conditions.find(({ values }) => values.includes(value));
  return found && (found.isNegated ? 'out' : 'for');
}
