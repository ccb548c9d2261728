import { END_OF_TIME, type EntryReader } from './ports.ts';
import { minutesLater, startOf } from './stretch.ts';
import type { Time } from './time-range.ts';

/** The time in which all stored entries lie, by whole minutes; undefined if none are stored. */
export async function storedRange(reader: EntryReader, signal: AbortSignal): Promise<Time | undefined> {
  if (reader.extent !== undefined) return reader.extent ?? undefined;
  const [oldest, newest] = await Promise.all([
    reader.minutes({ order: 'oldest', maxCounts: 1 }, signal),
    reader.minutes({ order: 'newest', maxCounts: 1 }, signal),
  ]);
  const first = oldest.counts[0]?.minute;
  const last = newest.counts[0]?.minute;
  if (first === undefined || last === undefined) return undefined;
  const end = minutesLater(last, 1);
  return { from: startOf(first), to: end === undefined ? END_OF_TIME : startOf(end) };
}
