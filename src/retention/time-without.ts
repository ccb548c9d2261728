import type { Time } from '../query/answers/time-range.ts';
import type { Hold } from './ports.ts';

/** What of a time no hold covers, in order. */
export function timeWithout(time: Time, holds: readonly Pick<Hold, 'from' | 'to'>[]): readonly Time[] {
  const parts: Time[] = [];
  let { from } = time;
  for (const hold of holds.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    if (hold.from >= hold.to || hold.to <= from) continue;
    if (hold.from >= time.to) break;
    if (from < hold.from) parts.push({ from, to: hold.from });
    from = hold.to;
  }
  if (from < time.to) parts.push({ from, to: time.to });
  return parts;
}
