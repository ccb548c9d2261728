import type { LogEntry } from '../logs/entry.ts';
import { rfc3339 } from '../logs/entry-json.ts';
import { pause } from '../pipeline/clock.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { TailHub } from './hub.ts';
import type { LiveSource, TailRequest } from './ports.ts';
import type { QueueLimits } from './queue.ts';
import type { RingLimits } from './ring.ts';
import { type Beat, LiveTail } from './tail.ts';
import type { EventRange, TailEvent } from './tail-event.ts';
import { type TailLimits, TailRefused } from './tail-limits.ts';
import { timeAt } from './times.ts';

const HEARTBEAT_MS = 10_000;
/** A source that nobody listens to is given up after this time. */
const IDLE_MS = 60_000;
/** A heartbeat does not wait longer for the database. */
const STORED_UP_TO_MS = 2_000;
const QUEUE: QueueLimits = { maxEntries: 2_000, maxUnits: 4 * 1024 * 1024 };

export interface LiveTailsParts {
  /** Makes a source that was not started. */
  readonly source: () => LiveSource;
  readonly ring: RingLimits;
  readonly limits: TailLimits;
  /** What waits for one who reads slowly. */
  readonly queue?: QueueLimits;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** A name for a run of a source that nobody else has. */
  readonly newEpoch: () => string;
  /** Up to when what was published is stored, as a column holds it; undefined: nobody says so. Never rejects. */
  readonly storedUpTo: (signal: AbortSignal) => Promise<string | undefined>;
  readonly log: Log;
}

/** What is seen of tails from outside. */
export interface TailNumbers {
  readonly open: number;
  /** Since the start, of all tails. */
  readonly entries: number;
  readonly skipped: number;
  readonly lagMs: number;
  readonly ringEntries: number;
  readonly ringBytes: number;
}

/** A source at work, and who is shown what it has. */
interface Run {
  readonly source: LiveSource;
  readonly hub: TailHub;
}

/** A tail, or one that is about to be. */
interface Slot {
  readonly key: string | undefined;
  tail: LiveTail | undefined;
}

/**
 * Tails of what comes, for all who ask. Its source works while there are tails and for a minute afterwards, as after
 * `warm`.
 */
export class LiveTails {
  readonly #parts: LiveTailsParts;
  readonly #ending = new AbortController();
  readonly #slots = new Set<Slot>();
  readonly #stops = new Set<Promise<void>>();
  #starting: Promise<Run> | undefined;
  #run: Run | undefined;
  #entries = 0;
  #skipped = 0;
  #storedUpTo: string | undefined;
  #cancelIdle: () => void = () => undefined;
  #isBeating = false;

  constructor(parts: LiveTailsParts) {
    this.#parts = parts;
  }

  get numbers(): TailNumbers {
    const { source, hub } = this.#run ?? {};
    return {
      open: this.#slots.size,
      entries: this.#entries,
      skipped: this.#skipped,
      lagMs: source?.lagMs() ?? 0,
      ringEntries: hub?.ring.size ?? 0,
      ringBytes: hub?.ring.bytes ?? 0,
    };
  }

  /** Starts the source, to see that it can be. Rejects with `LmsError`. */
  async warm(): Promise<void> {
    await this.#running();
    this.#idle();
  }

  /**
   * Opens a tail: all that comes from now on is in it. Rejects with `TailRefused`, with `LmsError` of source or
   * database, or as `ask` of its history does. It ends when the source fails, too: another begins where it ended.
   */
  async open(request: TailRequest): Promise<AsyncIterable<readonly TailEvent[]>> {
    const { signal, key } = request;
    signal.throwIfAborted();
    this.#admit(key);
    const slot: Slot = { key, tail: undefined };
    const leave = () => {
      signal.removeEventListener('abort', leave);
      if (!this.#slots.delete(slot)) return;
      slot.tail?.end();
      if (this.#slots.size === 0) this.#idle();
    };
    this.#slots.add(slot);
    signal.addEventListener('abort', leave);
    try {
      const run = await this.#running();
      this.#admitStill(slot, signal);
      const tail = this.#tail(request, run, leave);
      slot.tail = tail;
      await Promise.all([tail.prepare(), this.#beatOnce()]);
      this.#admitStill(slot, signal);
      return tail.events();
    } catch (error) {
      leave();
      // Whoever left while the source began left nobody who would see that it is idle.
      if (this.#slots.size === 0 && !this.#ending.signal.aborted) this.#idle();
      throw error;
    }
  }

  /** Ends all tails at once, and the source. */
  async close(): Promise<void> {
    this.#ending.abort();
    const slots = [...this.#slots];
    this.#slots.clear();
    for (const { tail } of slots) tail?.end();
    await this.#starting?.catch(() => undefined);
    this.#stop();
    await Promise.all(this.#stops);
  }

  #admit(key: string | undefined): void {
    const { atOnce, atOncePerKey } = this.#parts.limits;
    if (this.#ending.signal.aborted) throw new TailRefused('stopping');
    if (this.#slots.size >= atOnce) throw new TailRefused('many');
    if (key === undefined) return;
    const own = [...this.#slots].filter((slot) => slot.key === key).length;
    if (own >= atOncePerKey) throw new TailRefused('many-of-key');
  }

  /** What happened while it was prepared. */
  #admitStill(slot: Slot, signal: AbortSignal): void {
    signal.throwIfAborted();
    if (!this.#slots.has(slot)) throw new TailRefused('stopping');
  }

  #tail(request: TailRequest, { hub, source }: Run, ended: () => void): LiveTail {
    const { clock, wallMs, queue = QUEUE, storedUpTo } = this.#parts;
    this.#cancelIdle();
    return new LiveTail({
      hub,
      request,
      queue,
      clock,
      wallMs,
      upToMs: () => wallMs() - source.lagMs(),
      storedUpTo: () => storedUpTo(request.signal),
      breathe: () => pause(clock, 0, this.#ending.signal).catch(() => undefined),
      beat: () => this.#beat(),
      counted: (entries, skipped) => {
        this.#entries += entries;
        this.#skipped += skipped;
      },
      ended,
    });
  }

  #beat(): Beat {
    const { wallMs } = this.#parts;
    const storedUpTo = this.#storedUpTo === undefined ? null : rfc3339(this.#storedUpTo);
    return { time: timeAt(wallMs()), lagMs: Math.round(this.#run?.source.lagMs() ?? 0), storedUpTo };
  }

  /** The first of all tails sees to it that there are heartbeats, and waits for the first. */
  async #beatOnce(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    await this.#lookUp();
    const again = () => {
      this.#parts.clock.schedule(HEARTBEAT_MS, () => {
        if (this.#slots.size === 0) {
          this.#isBeating = false;
          return;
        }
        void this.#lookUp().then(() => {
          const beat = this.#beat();
          for (const { tail } of this.#slots) tail?.heartbeat(beat);
          again();
        });
      });
    };
    again();
  }

  async #lookUp(): Promise<void> {
    const { clock, storedUpTo } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const tooLong = new AbortController();
    const cancel = clock.schedule(STORED_UP_TO_MS, () => {
      tooLong.abort(new Error('the database does not answer'));
      resolve(undefined);
    });
    this.#storedUpTo = await Promise.race([storedUpTo(tooLong.signal), promise]);
    cancel();
  }

  async #running(): Promise<Run> {
    if (this.#run !== undefined) return this.#run;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #start(): Promise<Run> {
    const { source: make, ring, clock, wallMs, newEpoch } = this.#parts;
    const source = make();
    const upToMs = () => wallMs() - source.lagMs();
    const made: { hub?: TailHub } = {};
    const early: (() => void)[] = [];
    // What comes before the source says that it has begun is in the order, too.
    const told = (tell: (hub: TailHub) => void) => {
      if (made.hub === undefined) early.push(() => made.hub && tell(made.hub));
      else tell(made.hub);
    };
    const receiver = {
      entries: (entries: readonly LogEntry[]) => {
        told((hub) => {
          hub.take(entries);
        });
      },
      gap: (range: EventRange) => {
        told((hub) => {
          hub.gap(range);
        });
      },
      failed: (error: Error) => {
        this.#failed(source, error);
      },
    };
    await source.start(receiver).catch((error: unknown) => {
      this.#leave(source);
      throw error;
    });
    const hub = new TailHub({ epoch: newEpoch(), ring, clock, upToMs });
    made.hub = hub;
    const run = { source, hub };
    this.#run = run;
    for (const tell of early) tell();
    if (this.#ending.signal.aborted) this.#stop();
    return run;
  }

  #failed(source: LiveSource, err: Error): void {
    if (this.#run?.source !== source) return;
    this.#parts.log.warn({ err }, 'the live tail has ended: it begins again with the next that is asked for');
    this.#stop();
  }

  #idle(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#parts.clock.schedule(IDLE_MS, () => {
      if (this.#slots.size === 0) this.#stop();
    });
  }

  #stop(): void {
    this.#cancelIdle();
    for (const { tail } of this.#slots) tail?.end();
    const run = this.#run;
    this.#run = undefined;
    if (run !== undefined) this.#leave(run.source);
  }

  #leave(source: LiveSource): void {
    const stopping = source.stop().finally(() => this.#stops.delete(stopping));
    this.#stops.add(stopping);
  }
}
