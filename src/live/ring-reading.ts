import type { TailHub } from './hub.ts';
import { gapEvent } from './live-entry.ts';
import { printPosition } from './position.ts';
import type { Selection } from './selection.ts';
import type { EntryEvent, GapEvent } from './tail-event.ts';
import { rangeBetween } from './times.ts';

/** So much is looked at before others have their turn. */
const MAX_ITEMS = 2_000;
const MAX_UNITS = 256 * 1024;

/** A part of what a ring has. */
export interface RingPart {
  readonly events: readonly (EntryEvent | GapEvent)[];
  /** The number of the first behind it. */
  readonly next: number;
}

/** Reads on from a number: what a selection sees, and what is missing because it was dropped in the meantime. */
export function readRing({ ring, epoch }: TailHub, from: number, selection: Selection): RingPart {
  const events: (EntryEvent | GapEvent)[] = [];
  let next = Math.max(from, ring.first);
  if (from < ring.first) {
    const range = rangeBetween(ring.sinceMs, ring.sinceMs);
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
  return { events, next };
}
