import type { Matching } from '../../query/answers/matching.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import { count as counted } from '../output/numbers.ts';

/** For a person: `1,234 entries from … to … match`. */
export function matchingText({ count, first, last }: Matching, clock: ZoneClock): string {
  const [from, to] = [first, last].map((time) => {
    const { local, offset } = clock.at(time);
    return `${local.replace(' ', 'T')}${offset}`;
  });
  if (count === 1) return `1 entry of ${String(from)} matches`;
  return `${counted(count)} entries from ${String(from)} to ${String(to)} match`;
}
