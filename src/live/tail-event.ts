import type { LogEntry } from '../logs/entry.ts';

/** An entry as a tail shows it. */
export interface TailEntry extends LogEntry {
  /** When its row was written, of those that were read from the database: UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly createdAt?: string;
}

interface Placed {
  /** Where a tail goes on behind this event: what `printPosition` wrote. */
  readonly position: string;
}

/** An entry that matches. */
export interface EntryEvent extends Placed {
  readonly kind: 'entry';
  /** What `entryId` makes of its key. */
  readonly entryId: string;
  /** By the names that whoever reads knows. */
  readonly entry: TailEntry;
  /** The same as JSON on one line, made once for all who read it. */
  readonly json: string;
}

/** Times of entries, RFC 3339: both ends belong to it. */
export interface EventRange {
  readonly from: string;
  readonly to: string;
}

/** Of what matches between these times some may be missing: nothing here has it, or not yet. */
export interface GapEvent extends Placed, EventRange {
  readonly kind: 'gap';
}

/** So many entries that match were left out: whoever reads is slower than they come. */
export interface SkippedEvent extends Placed, EventRange {
  readonly kind: 'skipped';
  readonly count: number;
}

/** So many were left out because no more than so many a second were asked for. */
export interface SampledEvent extends Placed, EventRange {
  readonly kind: 'sampled';
  readonly count: number;
}

/** All is well, though nothing may come. */
export interface HeartbeatEvent extends Placed {
  readonly kind: 'heartbeat';
  /** The clock here, RFC 3339. */
  readonly time: string;
  /** How far what is read here is behind what is published. */
  readonly lagMs: number;
  /** Up to when what was published is stored, RFC 3339; null: nobody says so. */
  readonly storedUpTo: string | null;
}

/** What comes in a tail. */
export type TailEvent = EntryEvent | GapEvent | SkippedEvent | SampledEvent | HeartbeatEvent;

/** What an event says on the wire beside its kind and position: JSON on one line. */
export function eventData(event: TailEvent): string {
  switch (event.kind) {
    case 'entry':
      return event.json;
    case 'gap':
      return JSON.stringify({ from: event.from, to: event.to });
    case 'skipped':
    case 'sampled':
      return JSON.stringify({ count: event.count, from: event.from, to: event.to });
    case 'heartbeat': {
      const { time, lagMs, storedUpTo } = event;
      return JSON.stringify({ time, lagMs, storedUpTo });
    }
  }
}
