import type { TailHub } from './hub.ts';
import { gapEvent } from './live-entry.ts';
import { printPosition } from './position.ts';
import type { Ring } from './ring.ts';
import type { Selection } from './selection.ts';
import type { EntryEvent, GapEvent } from './tail-event.ts';
import { rangeBetween } from './times.ts';

/** So much is looked at before others have their turn. */
const MAX_ITEMS = 2_000;
const MAX_UNITS = 256 * 1024;

/** How far a ring was read. */
export interface RingPlace {
  /** The number of the first that was not. */
  readonly next: number;
  /** When the last before that came, in milliseconds since 1970. */
  readonly readMs: number;
}

/** A part of what a ring has, and the place behind it. */
export interface RingPart extends RingPlace {
  readonly events: readonly (EntryEvent | GapEvent)[];
}

/** The place before a number. */
export function placeBefore(ring: Ring, next: number): RingPlace {
  return { next, readMs: ring.at(next - 1)?.place.receivedMs ?? ring.sinceMs };
}

/** Reads on from a place: what a selection sees, and what is missing because it was dropped in the meantime. */
export function readRing(
  { ring, epoch }: TailHub,
  { next: from, readMs }: RingPlace,
  selection: Selection,
): RingPart {
  const events: (EntryEvent | GapEvent)[] = [];
  let next = Math.max(from, ring.first);
  if (from < ring.first) {
    const range = rangeBetween(readMs, ring.sinceMs);
    const place = { entryId: undefined, epoch, sequence: next - 1, serverMs: ring.sinceMs };
    events.push({ kind: 'gap', ...range, position: printPosition(place) });
  }
  const end = next + MAX_ITEMS;
  for (let units = 0; next <= ring.last && next < end && units < MAX_UNITS; next += 1) {
    const item = ring.at(next);
    if (item === undefined) break;
    const event = item.kind === 'gap' ? gapEvent(item) : selection.eventOf(item);
    if (event === undefined) continue;
    events.push(event);
    if (event.kind === 'entry') units += event.json.length;
  }
  return { events, ...placeBefore(ring, next) };
}
