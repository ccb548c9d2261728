import type { Filter } from './filter.ts';
import type { Mistake } from './mistake.ts';
import { readFilter } from './read-filter.ts';
import { parseTime, type TimeContext } from './times.ts';

/**
 * The filter that an expression stands for, or what is wrong with it. Times in it are resolved. An empty one
 * is everything.
 */
export function parseFilter(text: string, context: TimeContext): Filter | Mistake {
  return readFilter(text, (time) => parseTime(time, context));
}
