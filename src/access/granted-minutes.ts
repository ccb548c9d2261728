import type { EntryReader, MinuteCount, Minutes, MinutesRequest } from '../query/answers/ports.ts';
import { minutesLater } from '../query/answers/stretch.ts';

/** Counts of a look: what others have is passed over in larger and larger ones. */
const FIRST_COUNTS = 1_000;
const MAX_COUNTS = 50_000;
const GROWTH = 4;
/** Behind so many counts of others, what was found is answered with, if it is anything. */
const PATIENT_COUNTS = 1_000_000;

/**
 * The counts by minute as they are to one who sees some services alone: as if there were no others, so that
 * where the answer ends says nothing of them. Counts come as they are stored, of the services that `own`
 * knows.
 */
export async function grantedMinutes(
  reader: EntryReader,
  request: Pick<MinutesRequest, 'order' | 'from' | 'to' | 'maxCounts'>,
  own: { readonly services: readonly string[] | undefined; readonly isOwn: (count: MinuteCount) => boolean },
  signal: AbortSignal,
): Promise<Pick<Minutes, 'counts' | 'end'>> {
  const { order, maxCounts } = request;
  const counts: MinuteCount[] = [];
  let rest: Pick<MinutesRequest, 'from' | 'to'> | undefined = request;
  let size = Math.max(FIRST_COUNTS, maxCounts);
  for (let looked = 0; rest !== undefined && counts.length < maxCounts; looked += size, size = next(size)) {
    if (looked >= PATIENT_COUNTS && counts.length > 0) return { counts, end: counts.at(-1)?.minute };
    const { from, to }: Pick<MinutesRequest, 'from' | 'to'> = rest;
    const part: Minutes = await reader.minutes(
      { order, from, to, services: own.services, maxCounts: size },
      signal,
    );
    counts.push(...part.counts.filter(own.isOwn));
    rest = part.end === undefined ? undefined : behind(part.end, request);
  }
  const end = counts[maxCounts - 1]?.minute;
  if (end === undefined) return { counts };
  const isBehind = (minute: string) => (order === 'newest' ? minute < end : minute > end);
  return { counts: counts.filter(({ minute }) => !isBehind(minute)), end };
}

function next(size: number): number {
  return Math.max(size, Math.min(MAX_COUNTS, size * GROWTH));
}

/** What is left behind a minute; undefined: nothing. */
function behind(
  minute: string,
  { order, from, to }: Pick<MinutesRequest, 'order' | 'from' | 'to'>,
): Pick<MinutesRequest, 'from' | 'to'> | undefined {
  if (order === 'newest') return { from, to: minute };
  const later = minutesLater(minute, 1);
  return later === undefined ? undefined : { from: later, to };
}
