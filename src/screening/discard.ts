import type { Filter } from '../query/filter.ts';
import { isMistake, type Mistake, mistake } from '../query/mistake.ts';
import { parseTimelessFilter } from '../query/timeless.ts';

/** Reads which entries are not to be kept: a filter without times, that does not match everything. */
export function readDiscard(text: string): Filter | Mistake {
  const filter = parseTimelessFilter(text);
  if (isMistake(filter) || filter.kind !== 'everything') return filter;
  return mistake('This matches every entry: none would be kept.', 0, text.length, 'a condition');
}
