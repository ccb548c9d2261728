import type { LogEntry } from '../../logs/entry.ts';
import type { EventCounts } from '../ports.ts';
import { entriesOf, type EntryOrigin } from '../reading/event-entries.ts';
import type { SourceEvent } from '../reading/source-event.ts';
import type { Span } from './span.ts';

/** Where reading would go on. */
export interface Mark {
  readonly offset: number;
  readonly before: Span;
}

/** Told that what it handed over is confirmed, up to a mark. */
export interface Confirmed {
  confirm(mark: Mark | undefined): void;
}

/** Some events of one file in a row, ready to be handed over. */
export interface Slice {
  readonly reading: Confirmed;
  readonly entries: readonly LogEntry[];
  readonly counts: EventCounts;
  /** Where the file is confirmed to, once these are. Undefined: where it was before. */
  readonly mark: Mark | undefined;
  /** Whether the state must be written before these are handed over, so that they are the same when read again. */
  readonly mustSave: boolean;
}

/** A slice has at most so many events, and ends behind the event with which it has so many units of text. */
const MAX_EVENTS = 1_000;
const MAX_UNITS = 2_000_000;

export const NO_COUNTS: EventCounts = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };

/** How events become entries of a file. */
export interface EntryMaking {
  readonly eventId: (offset: number) => string;
  readonly observedMs: number;
  readonly origin: EntryOrigin;
}

/** The entries of some events, and what became of their lines. */
export function entriesOfEvents(
  events: readonly SourceEvent[],
  { eventId, observedMs, origin }: EntryMaking,
): { readonly entries: LogEntry[]; readonly counts: Omit<EventCounts, 'bytes'> } {
  const seconds = Math.floor(observedMs / 1_000);
  const time = { seconds, nanos: Math.round(observedMs - seconds * 1_000) * 1_000_000 };
  const entries: LogEntry[] = [];
  const counts = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0 };
  for (const { start, lines, reading } of events) {
    const made = entriesOf(reading, { id: eventId(start), time }, origin);
    for (const entry of made) entries.push(entry);
    counts.lines += lines;
    // Of pieces of a line the last one counts.
    if (lines === 0) continue;
    counts.joined += lines - 1;
    if (made.length === 0) counts.refused += 1;
    else if (reading.tags['parse_error'] !== undefined) counts.unparsed += 1;
    else counts.read += 1;
  }
  return { entries, counts };
}

/** Events in groups of which each becomes a slice. */
export function* inGroups(events: readonly SourceEvent[]): Generator<readonly SourceEvent[]> {
  let group: SourceEvent[] = [];
  let units = 0;
  for (const event of events) {
    group.push(event);
    units += event.reading.payload.length;
    if (group.length < MAX_EVENTS && units < MAX_UNITS) continue;
    yield group;
    group = [];
    units = 0;
  }
  if (group.length > 0) yield group;
}

/** The counts of several together. */
export function sumOfCounts(one: EventCounts, other: EventCounts): EventCounts {
  return {
    lines: one.lines + other.lines,
    read: one.read + other.read,
    unparsed: one.unparsed + other.unparsed,
    joined: one.joined + other.joined,
    refused: one.refused + other.refused,
    bytes: one.bytes + other.bytes,
  };
}
