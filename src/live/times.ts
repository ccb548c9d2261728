import { rfc3339 } from '../logs/entry-json.ts';
import { formatInstant } from '../logs/instant-text.ts';
import type { EventRange } from './tail-event.ts';

/**
 * Entries are asked for by their own times, and come in the order in which they were published: a gap is that
 * much wider at both ends than what is known of it.
 */
export const SLACK_MS = 60_000;
/** An entry that was older than this when it came says nothing of the times of those that are missing. */
const MAX_LATENESS_MS = 3_600_000;

const LAST_TIME = '9999-12-31 23:59:59.999999';

/** A moment as a column holds it, from milliseconds since 1970. */
export function columnTimeAt(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const nanos = Math.floor((ms - seconds * 1_000) * 1_000) * 1_000;
  return formatInstant({ seconds, nanos }) ?? LAST_TIME;
}

/** A moment as RFC 3339 has it, from milliseconds since 1970. */
export function timeAt(ms: number): string {
  return rfc3339(columnTimeAt(ms));
}

/** The times that those may have that were published between two moments; `entryMs`: when the last one before was from. */
export function rangeBetween(fromMs: number, toMs: number, entryMs = fromMs): EventRange {
  const earliest = Math.max(fromMs - MAX_LATENESS_MS, Math.min(fromMs, entryMs));
  return { from: timeAt(earliest - SLACK_MS), to: timeAt(Math.max(fromMs, toMs) + SLACK_MS) };
}
