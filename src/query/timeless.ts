import type { Filter } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { mistake } from './mistake.ts';
import { readFilter } from './read-filter.ts';

/**
 * The filter that an expression stands for which is kept and asked for ever: one with a time in it is a mistake.
 * It needs nothing that knows calendars, and so loads fast.
 */
export function parseTimelessFilter(text: string): Filter | Mistake {
  return readFilter(text, () =>
    mistake('A time would mean something else tomorrow.', 0, 0, 'conditions without times'),
  );
}
