import { onTestFinished } from 'vitest';
import { OPEN } from '../../src/access/grant.ts';
import { LiveTails, type LiveTailsParts } from '../../src/live/live-tails.ts';
import type { LiveReceiver, LiveSource, TailRequest } from '../../src/live/ports.ts';
import type { EntryEvent, TailEvent } from '../../src/live/tail-event.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { EVERYTHING, type Filter } from '../../src/query/filter.ts';
import { isMistake } from '../../src/query/mistake.ts';
import { parseFilter } from '../../src/query/parse.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { RecordingLog } from '../support/recording-log.ts';

/** When tests take place. */
export const START_MS = Date.parse('2026-11-25T12:00:00Z');

/** An entry of a test: all alike but for the number, which is in its id and its time. */
export function numbered(n: number, changes: Partial<LogEntry> = {}): LogEntry {
  const time = new Date(START_MS + n).toISOString();
  return {
    timestamp: `${time.slice(0, 10)} ${time.slice(11, 23)}000`,
    eventId: `e-${String(n)}`,
    serviceName: 'shop',
    severity: 'info',
    payload: `entry ${String(n)}`,
    tags: null,
    ...changes,
  };
}

/** What an expression means. */
export function filter(text: string): Filter {
  const parsed = parseFilter(text, { nowMs: START_MS, zone: 'UTC' });
  if (isMistake(parsed)) throw new Error(parsed.message);
  return parsed;
}

/** A source that tells what a test says. */
export class ScriptedLive implements LiveSource {
  receiver: LiveReceiver | undefined;
  starts = 0;
  stops = 0;
  lag = 0;
  failure: Error | undefined;
  /** What a start waits for. */
  before: Promise<unknown> = Promise.resolve();

  async start(receiver: LiveReceiver): Promise<void> {
    this.starts += 1;
    await this.before;
    if (this.failure !== undefined) throw this.failure;
    this.receiver = receiver;
  }

  stop(): Promise<void> {
    this.stops += 1;
    this.receiver = undefined;
    return Promise.resolve();
  }

  lagMs(): number {
    return this.lag;
  }
}

/** Live tails over a source that a test drives, at a time that it sets. */
export class LiveGround {
  readonly clock = new FakeClock();
  readonly source = new ScriptedLive();
  readonly log = new RecordingLog();
  readonly tails: LiveTails;
  storedUpTo: string | undefined;
  #epochs = 0;

  constructor(changes: Partial<LiveTailsParts> = {}, epoch = 'run') {
    this.tails = new LiveTails({
      source: () => this.source,
      ring: { maxAgeMs: 300_000, maxBytes: 64 * 1024 * 1024 },
      limits: { atOnce: 100, atOncePerKey: 2 },
      clock: this.clock,
      wallMs: () => START_MS + this.clock.now(),
      newEpoch: () => `${epoch}${String((this.#epochs += 1))}`,
      storedUpTo: () => Promise.resolve(this.storedUpTo),
      log: this.log,
      ...changes,
    });
    onTestFinished(() => this.tails.close());
  }

  publish(...entries: readonly LogEntry[]): void {
    this.source.receiver?.entries(entries);
  }

  async open(changes: Partial<TailRequest> = {}, ending = new AbortController()): Promise<ReadTail> {
    const request = { filter: EVERYTHING, grant: OPEN, signal: ending.signal, ...changes };
    return new ReadTail(await this.tails.open(request), ending, this.clock);
  }
}

/** A tail that is read batch by batch. */
export class ReadTail {
  readonly seen: TailEvent[] = [];
  isOver = false;
  readonly #iterator: AsyncIterator<readonly TailEvent[]>;
  readonly #ending: AbortController;
  readonly #clock: FakeClock;
  #reading: Promise<void> | undefined;

  constructor(events: AsyncIterable<readonly TailEvent[]>, ending: AbortController, clock: FakeClock) {
    this.#iterator = events[Symbol.asyncIterator]();
    this.#ending = ending;
    this.#clock = clock;
  }

  /** Takes all that comes within a time. */
  async take(ms = 50): Promise<readonly TailEvent[]> {
    const before = this.seen.length;
    this.#reading ??= this.#read();
    await this.#clock.advance(ms);
    await settled();
    return this.seen.slice(before);
  }

  get entries(): readonly EntryEvent[] {
    return this.seen.filter((event) => event.kind === 'entry');
  }

  get ids(): readonly string[] {
    return this.entries.map(({ entry }) => entry.eventId);
  }

  /** Nothing more is read until `take`: one batch may be on its way. */
  static async once(tail: ReadTail): Promise<readonly TailEvent[]> {
    const taken = tail.#iterator.next();
    await tail.#clock.advance(50);
    const result = await taken;
    if (result.done === true) return [];
    tail.seen.push(...result.value);
    return result.value;
  }

  cut(): void {
    this.#ending.abort(new Error('cut'));
  }

  async #read(): Promise<void> {
    for (;;) {
      const result = await this.#iterator.next();
      if (result.done === true) break;
      this.seen.push(...result.value);
    }
    this.isOver = true;
  }
}
