import type { Grant } from '../access/grant.ts';
import type { LogEntry } from '../logs/entry.ts';
import { entryId } from '../logs/entry-id.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { Filter } from '../query/filter.ts';
import { EntryViews, gapEvent, LiveEntry, type LiveGap, type Place } from './live-entry.ts';
import { RecentIds } from './recent-ids.ts';
import { Ring, type RingLimits } from './ring.ts';
import { Selection, selectionKey } from './selection.ts';
import type { EntryEvent, EventRange, GapEvent } from './tail-event.ts';

/** Ids that are known longer than their entries are kept, so that what comes again is not shown again. */
const RECENT_IDS = 75_000;
/** What is for somebody waits so long for more, and longer where there are many: so many writes a second are begun. */
const MIN_BATCH_MS = 20;
const WRITES_PER_SECOND = 5_000;
const GAP_BYTES = 200;

/** One who is shown what comes. */
export interface Listener {
  /** Returns how many were left out for it. */
  offer(event: EntryEvent): void;
  offerGap(event: GapEvent): void;
  /** May take what was offered. Returns whether something is left that will be due later. */
  flush(): boolean;
}

interface Group {
  readonly selection: Selection;
  readonly listeners: Set<Listener>;
}

export interface HubParts {
  /** Of this run: nobody else has it. */
  readonly epoch: string;
  readonly ring: RingLimits;
  readonly clock: Clock;
  /** Milliseconds since 1970 up to which all has come that was published. */
  readonly upToMs: () => number;
}

/** Gives what a source has an order, keeps the latest, and shows it to all who want it: each entry is looked at once. */
export class TailHub {
  readonly epoch: string;
  readonly ring: Ring;
  readonly #clock: Clock;
  readonly #upToMs: () => number;
  readonly #recent = new RecentIds(RECENT_IDS);
  readonly #groups = new Map<string, Group>();
  #listeners = 0;
  #latestMs = 0;
  #waiting = new Set<Listener>();
  #isScheduled = false;

  constructor({ epoch, ring, clock, upToMs }: HubParts) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#upToMs = upToMs;
    this.ring = new Ring(ring, upToMs());
  }

  /** What comes next. Entries that have come already are left aside. */
  take(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const id = entryId(entry);
      if (!this.#recent.add(id)) continue;
      const live = new LiveEntry(entry, this.#place(), id);
      this.ring.push(live);
      this.#show(live);
    }
  }

  /** Something may be missing, for everybody. */
  gap(range: EventRange): void {
    const item: LiveGap = { kind: 'gap', place: this.#place(), range, bytes: GAP_BYTES };
    this.ring.push(item);
    const event = gapEvent(item);
    for (const { listeners } of this.#groups.values())
      for (const listener of listeners) {
        listener.offerGap(event);
        this.wake(listener);
      }
  }

  /** Shows what comes from now on. Returns what ends it. */
  join(listener: Listener, filter: Filter, grant: Grant): () => void {
    const key = selectionKey(filter, grant);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { selection: new Selection(filter, grant), listeners: new Set() };
      this.#groups.set(key, group);
    }
    const { listeners } = group;
    listeners.add(listener);
    this.#listeners += 1;
    return () => {
      if (!listeners.delete(listener)) return;
      this.#listeners -= 1;
      this.#waiting.delete(listener);
      if (listeners.size === 0) this.#groups.delete(key);
    };
  }

  /** Lets it take what is there, in a moment. */
  wake(listener: Listener): void {
    this.#waiting.add(listener);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const batchMs = Math.max(MIN_BATCH_MS, (this.#listeners * 1_000) / WRITES_PER_SECOND);
    this.#clock.schedule(batchMs, () => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#isScheduled = false;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const listener of waiting) if (listener.flush()) this.wake(listener);
  }

  #show(live: LiveEntry): void {
    if (this.#groups.size === 0) return;
    const views = new EntryViews(live);
    for (const { selection, listeners } of this.#groups.values()) {
      const event = selection.eventOf(live, views);
      if (event === undefined) continue;
      for (const listener of listeners) {
        listener.offer(event);
        this.wake(listener);
      }
    }
  }

  /** The clock of the machine may be set back; this goes on. */
  #place(): Place {
    this.#latestMs = Math.max(this.#latestMs, this.#upToMs());
    return { epoch: this.epoch, sequence: this.ring.last + 1, receivedMs: this.#latestMs };
  }
}
