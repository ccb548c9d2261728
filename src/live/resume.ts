import { parseEntryId } from '../logs/entry-id.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import { HISTORY_EPOCH } from './history.ts';
import type { Position } from './position.ts';
import type { Ring } from './ring.ts';
import { placeBefore, type RingPlace } from './ring-reading.ts';
import type { EventRange } from './tail-event.ts';
import { rangeBetween, SLACK_MS } from './times.ts';

/** Where a tail begins in the order of a server. */
export interface Start extends RingPlace {
  /** What may be missing before that. */
  readonly gap?: EventRange | undefined;
}

/**
 * Where a tail goes on that ended at a position: exactly there, if this server said it and still has what came
 * then. Otherwise with what came a little earlier, of which some may have been seen; and with all that it has, if
 * that was in a history that is not asked for any more.
 */
export function startAfter(position: Position, epoch: string, ring: Ring): Start {
  const { sequence, serverMs } = position;
  if (position.epoch === HISTORY_EPOCH) {
    const gap = rangeBetween(entryMsOf(position) ?? serverMs, ring.sinceMs);
    return { ...placeBefore(ring, ring.first), gap };
  }
  const isHere = position.epoch === epoch && sequence >= ring.first - 1 && sequence <= ring.last;
  if (isHere) return placeBefore(ring, sequence + 1);
  const wantedMs = serverMs - SLACK_MS;
  const isComplete = ring.sinceMs <= wantedMs;
  const gap = isComplete ? undefined : rangeBetween(serverMs, ring.sinceMs, entryMsOf(position));
  return { ...placeBefore(ring, ring.firstSince(wantedMs)), gap };
}

function entryMsOf({ entryId }: Position): number | undefined {
  const key = entryId === undefined ? undefined : parseEntryId(entryId);
  return key && millisecondsOf(key.timestamp);
}
