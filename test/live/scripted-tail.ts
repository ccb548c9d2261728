import { onTestFinished } from 'vitest';
import { follow, type Followed, type FollowPorts, type ReceivedEvent } from '../../src/live/follow.ts';
import type { EventRange } from '../../src/live/tail-event.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { timeOf } from './model-server.ts';
import { Refused } from './tail-world.ts';

export const START_MS = Date.parse('2026-11-25T14:00:00Z');
export const RANGE: EventRange = { from: '2026-11-25T13:59:00.000000Z', to: '2026-11-25T14:00:00.000000Z' };

type Event = ReceivedEvent<string>;

/** A server that says what it is told to, and a database. */
export class Scripted implements FollowPorts<string> {
  readonly clock = new FakeClock();
  readonly random = () => 1;
  /** What each connection begins with; undefined: it is refused by `refusal`. */
  readonly opened: (string | undefined)[] = [];
  readonly fills: EventRange[] = [];
  readonly asked: number[] = [];
  refusal: Error | undefined;
  retryAfterMs: number | undefined;
  isFinal = false;
  stored: string[] = [];
  storedAtMs: number | undefined = START_MS;
  fillFails = false;
  taken = 0;
  signal: AbortSignal | undefined;
  #queue: (readonly Event[])[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  async send(...events: readonly Event[]): Promise<void> {
    this.#queue.push(events);
    this.#wake();
    await this.clock.advance(0);
  }

  /** Time passes, and something always comes. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10_000) {
      await this.send();
      await this.clock.advance(Math.min(left, 10_000));
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.#wake();
    await this.clock.advance(0);
  }

  open({ resume }: { readonly resume: string | undefined }, signal: AbortSignal) {
    this.opened.push(resume);
    this.signal = signal;
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    this.#queue = [];
    this.#isOver = false;
    return Promise.resolve(this.#events());
  }

  async *fill(range: EventRange): AsyncGenerator<readonly { entryId: string; entry: string }[]> {
    this.fills.push(range);
    await Promise.resolve();
    if (this.fillFails) throw new Refused(false);
    yield this.stored.map((entry) => ({ entryId: entry, entry }));
  }

  storedUpTo() {
    this.asked.push(this.clock.now());
    const at = this.storedAtMs === undefined ? undefined : timeOf(this.storedAtMs);
    return Promise.resolve({ at, now: timeOf(START_MS + this.clock.now()) });
  }

  failureOf() {
    return { isFinal: this.isFinal, retryAfterMs: this.retryAfterMs };
  }

  async *#events(): AsyncGenerator<readonly Event[]> {
    while (!this.#isOver) {
      const batch = this.#queue.shift();
      if (batch === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.taken += 1;
      yield batch;
    }
  }
}

export function entry(id: string, position = id): Event {
  return { kind: 'entry', entryId: id, entry: id, position };
}

export function heartbeat(atMs = 0, lagMs = 0, storedUpToMs?: number): Event {
  return {
    kind: 'heartbeat',
    time: timeOf(START_MS + atMs),
    lagMs,
    storedUpTo: storedUpToMs === undefined ? null : timeOf(storedUpToMs),
    position: 'beat',
  };
}

export const GAP: Event = { kind: 'gap', ...RANGE, position: 'gap' };

/** Follows, and keeps what comes: entries as their ids, filled ones with a +, notes by their kinds. */
export async function followed(ports: Scripted) {
  const ending = new AbortController();
  const items: Followed<string>[] = [];
  let failure: unknown;
  const done = (async () => {
    for await (const batch of follow(ports, ending.signal)) items.push(...batch);
  })().catch((error: unknown) => {
    failure = error;
  });
  onTestFinished(async () => {
    ending.abort(new Error('enough'));
    await done;
  });
  await ports.clock.advance(0);
  return {
    items,
    failure: () => failure,
    stop: async () => {
      ending.abort(new Error('enough'));
      await done;
    },
    shown: () =>
      items.map((item) => (item.kind === 'entry' ? item.entry + (item.isFilled ? '+' : '') : item.kind)),
  };
}
