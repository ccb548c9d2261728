import type { CharSet } from './char-set.ts';

/** What stands on both sides of a place has to be so; `start` and `end` are those of the text. */
export type Assertion = 'start' | 'end' | 'word edge' | 'no word edge';

/** A pattern of text, as it was written. */
export type Pattern =
  | { readonly kind: 'unit'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly of: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly of: readonly Pattern[] }
  /** At least `min` times, at most `max` times: that may be Infinity. */
  | { readonly kind: 'repeat'; readonly of: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

/** Whether a pattern matches where there is nothing, perhaps only in some places. */
export function matchesNothing(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'unit':
      return false;
    case 'sequence':
      return pattern.of.every(matchesNothing);
    case 'choice':
      return pattern.of.some(matchesNothing);
    case 'repeat':
      return pattern.min === 0 || matchesNothing(pattern.of);
    case 'assertion':
      return true;
  }
}

/** About how many states its automaton has. */
export function sizeOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'unit':
    case 'assertion':
      return 1;
    case 'sequence':
    case 'choice':
      return pattern.of.reduce((sum, part) => sum + sizeOf(part), 1);
    case 'repeat':
      return 1 + sizeOf(pattern.of) * (pattern.max === Infinity ? pattern.min + 1 : pattern.max);
  }
}

/** Whether it may say that the text begins or ends somewhere. */
export function hasEdge(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'unit':
      return false;
    case 'sequence':
    case 'choice':
      return pattern.of.some(hasEdge);
    case 'repeat':
      return hasEdge(pattern.of);
    case 'assertion':
      return pattern.assertion === 'start' || pattern.assertion === 'end';
  }
}
