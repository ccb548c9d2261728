import { parseEntryId } from '../logs/entry-id.ts';
import { millisecondsOf } from '../query/answers/processes.ts';
import type { Position } from './position.ts';
import type { Ring } from './ring.ts';
import type { EventRange } from './tail-event.ts';
import { rangeBetween, SLACK_MS } from './times.ts';

/** Where a tail begins in the order of a server. */
export interface Start {
  /** The number of the first that it has not seen. */
  readonly next: number;
  /** What may be missing before that. */
  readonly gap?: EventRange | undefined;
}

/**
 * Where a tail goes on that ended at a position: exactly there, if this server said it and still has what came
 * then. Otherwise with what came a little earlier, of which some may have been seen.
 */
export function startAfter(position: Position, epoch: string, ring: Ring): Start {
  const { sequence, serverMs } = position;
  const isHere = position.epoch === epoch && sequence >= ring.first - 1 && sequence <= ring.last;
  if (isHere) return { next: sequence + 1 };
  const wantedMs = serverMs - SLACK_MS;
  const next = ring.firstSince(wantedMs);
  return { next, gap: ring.sinceMs <= wantedMs ? undefined : missing(position, ring.sinceMs) };
}

function missing({ entryId, serverMs }: Position, sinceMs: number): EventRange {
  const key = entryId === undefined ? undefined : parseEntryId(entryId);
  return rangeBetween(serverMs, sinceMs, key && millisecondsOf(key.timestamp));
}
