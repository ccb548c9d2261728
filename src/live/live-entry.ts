import type { LogEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import { publishedJson } from '../logs/entry-json.ts';
import { FilteredView } from '../query/predicate.ts';
import { printPosition } from './position.ts';
import type { EntryEvent, EventRange, GapEvent } from './tail-event.ts';

/** About what an entry takes beside its texts. */
const OVERHEAD_BYTES = 700;

/** A place in a server's order, and when it was taken. */
export interface Place {
  readonly epoch: string;
  readonly sequence: number;
  /** Milliseconds since 1970; they never go back. */
  readonly receivedMs: number;
}

/** An entry in a server's order. */
export class LiveEntry {
  readonly kind = 'entry';
  readonly place: Place;
  readonly entry: LogEntry;
  readonly entryId: string;
  /** About what it takes in memory. */
  readonly bytes: number;
  /** By the name that its service has for those who read; nearly always there is one. */
  #events: readonly EntryEvent[] = [];

  constructor(entry: LogEntry, place: Place, id = entryId(entry)) {
    this.place = place;
    this.entry = entry;
    this.entryId = id;
    // The texts, and once more as JSON.
    this.bytes = OVERHEAD_BYTES + 2 * (entry.payload.length + (entry.tags?.length ?? 0));
  }

  /** The event that it is there, for those who know its service by this name: made once. */
  event(serviceName: string): EntryEvent {
    const made = this.#events.find(({ entry }) => entry.serviceName === serviceName);
    if (made !== undefined) return made;
    const entry = named(this.entry, serviceName);
    const event: EntryEvent = {
      kind: 'entry',
      position: printPosition({ ...this.place, entryId: this.entryId, serverMs: this.place.receivedMs }),
      entryId: this.entryId,
      entry,
      json: publishedJson(entry),
    };
    this.#events = [...this.#events, event];
    return event;
  }
}

/** A time of which something may be missing, in a server's order. */
export interface LiveGap {
  readonly kind: 'gap';
  readonly place: Place;
  readonly range: EventRange;
  readonly bytes: number;
}

/** What a server's order has. */
export type LiveItem = LiveEntry | LiveGap;

/** The event of a gap. */
export function gapEvent({ range, place }: LiveGap): GapEvent {
  return {
    kind: 'gap',
    ...range,
    position: printPosition({ ...place, entryId: undefined, serverMs: place.receivedMs }),
  };
}

/** What filters make of an entry while they look at it: shared by all, and not kept. */
export class EntryViews {
  readonly #live: LiveEntry;
  readonly #views = new Map<string, FilteredView>();

  constructor(live: LiveEntry) {
    this.#live = live;
  }

  /** For those who know its service by this name. */
  of(serviceName: string): FilteredView {
    let view = this.#views.get(serviceName);
    if (view === undefined) {
      view = new FilteredView(named(this.#live.entry, serviceName));
      this.#views.set(serviceName, view);
    }
    return view;
  }
}

function named(entry: LogEntry, serviceName: string): LogEntry {
  return serviceName === entry.serviceName ? entry : { ...entry, serviceName };
}
