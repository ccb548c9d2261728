import { type Backoff, backoffMs } from '../pipeline/backoff.ts';
import { pause, unlessAborted } from '../pipeline/clock.ts';
import { Filler } from './filler.ts';
import type { Followed, FollowPorts, ReceivedEvent } from './follow-ports.ts';
import { Lag } from './lag.ts';
import { Meeting } from './meeting.ts';
import { SeenIds } from './seen-ids.ts';

export type { Followed, FollowNote, FollowPorts, Found, ReceivedEvent } from './follow-ports.ts';

const RECONNECT: Backoff = { baseMs: 500, capMs: 15_000 };
/** A connection that held so long was a good one: the next failure is the first again. */
const STEADY_MS = 5_000;
/** A heartbeat comes every 10 s. Where nothing has come for so long the connection is dead, and does not say so. */
const SILENT_MS = 35_000;
/** A server that asks for more patience is asked again all the same. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Follows a tail: opens it again whenever it ends, from where it was, and looks up what it may have missed, so that
 * in the end each entry was given once. Entries of the tail come in its order; those that were looked up
 * (`isFilled`) come between them, each time in the order of their own times. Arrays hold what came together.
 *
 * Rejects with the signal's reason once that is aborted, with what `open` rejects with at the first try, or
 * later if that is final. Ends everything that it began when whoever reads it stops.
 */
export async function* follow<E>(
  ports: FollowPorts<E>,
  signal: AbortSignal,
): AsyncGenerator<readonly Followed<E>[], never> {
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  const meeting = new Meeting<readonly Followed<E>[]>();
  const say = (items: readonly Followed<E>[]) =>
    items.length === 0 ? Promise.resolve() : meeting.offer(items, ended);
  const seen = new SeenIds();
  const filler = new Filler(ports, { seen, say, signal: ended });
  const follower = new Follower(ports, { seen, say, filler, signal: ended });
  const work = Promise.all([follower.run(), filler.run()]).catch((error: unknown) => {
    ending.abort(error);
  });
  try {
    return yield* meeting.items(ended);
  } finally {
    ending.abort(new Error('nobody follows any more'));
    await work;
  }
}

interface FollowerParts<E> {
  readonly seen: SeenIds;
  readonly say: (items: readonly Followed<E>[]) => Promise<void>;
  readonly filler: Filler<E>;
  readonly signal: AbortSignal;
}

/** Reads the tail, connection after connection. */
class Follower<E> {
  readonly #ports: FollowPorts<E>;
  readonly #parts: FollowerParts<E>;
  readonly #lag: Lag;
  #position: string | undefined;
  #wasOpen = false;
  /** Why a dead connection was given up. */
  #silence: unknown;
  #isReconnecting = false;

  constructor(ports: FollowPorts<E>, parts: FollowerParts<E>) {
    this.#ports = ports;
    this.#parts = parts;
    this.#lag = new Lag(ports.clock);
  }

  async run(): Promise<never> {
    const { clock, random } = this.#ports;
    const { say, signal } = this.#parts;
    let attempt = 0;
    for (;;) {
      const openedAtMs = clock.now();
      const { cause, retryAfterMs } = await this.#connection();
      if (clock.now() - openedAtMs >= STEADY_MS) attempt = 0;
      const inMs = Math.max(backoffMs(attempt, RECONNECT, random), retryAfterMs);
      attempt += 1;
      this.#isReconnecting = true;
      await say([{ kind: 'reconnecting', inMs, cause }]);
      await pause(clock, inMs, signal);
    }
  }

  /** One connection, to its end: resolves to why it ended if another may follow it. */
  async #connection(): Promise<{ readonly cause: unknown; readonly retryAfterMs: number }> {
    const closing = new AbortController();
    const { signal } = this.#parts;
    try {
      await this.#receive(AbortSignal.any([signal, closing.signal]));
      return { cause: undefined, retryAfterMs: 0 };
    } catch (cause) {
      signal.throwIfAborted();
      if (cause === this.#silence) return { cause, retryAfterMs: 0 };
      const { isFinal, retryAfterMs = 0 } = this.#ports.failureOf(cause);
      if (isFinal || !this.#wasOpen) throw cause;
      return { cause, retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) };
    } finally {
      closing.abort(new Error('the connection is over'));
      this.#parts.filler.release();
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const place = { resume: this.#position };
    const batches = await this.#inTime(() => this.#ports.open(place, signal), signal);
    this.#wasOpen = true;
    this.#lag.reset();
    this.#parts.filler.begin();
    const iterator = batches[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#inTime(() => iterator.next(), signal);
        if (next.done === true) return;
        const back: Followed<E>[] = this.#isReconnecting ? [{ kind: 'reconnected' }] : [];
        this.#isReconnecting = false;
        await this.#parts.say([...back, ...next.value.flatMap((event) => this.#take(event))]);
      }
    } finally {
      // Not waited for: one that hangs would hang here too. The signal ends it.
      void iterator.return?.().catch(() => undefined);
    }
  }

  /** Waits for what comes next: but not for ever, and not for what never comes. */
  async #inTime<T>(begin: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const silence = new AbortController();
    const cancel = this.#ports.clock.schedule(SILENT_MS, () => {
      this.#silence = new Error(`nothing has come for ${SILENT_MS / 1_000} s, not even a heartbeat`);
      silence.abort(this.#silence);
    });
    return unlessAborted(begin, AbortSignal.any([signal, silence.signal])).finally(cancel);
  }

  #take(event: ReceivedEvent<E>): readonly Followed<E>[] {
    const { seen, filler } = this.#parts;
    this.#position = event.position;
    switch (event.kind) {
      case 'entry': {
        const { entryId, entry } = event;
        return seen.add(entryId) ? [{ kind: 'entry', entryId, entry, isFilled: false }] : [];
      }
      case 'gap': {
        const { from, to } = event;
        filler.add({ from, to });
        return [{ kind: 'gap', from, to }];
      }
      case 'skipped':
      case 'sampled': {
        const { kind, count, from, to } = event;
        if (kind === 'skipped') filler.add({ from, to });
        return [{ kind, count, from, to }];
      }
      case 'heartbeat':
        filler.release();
        filler.hear(event.storedUpTo ?? undefined);
        return this.#lag.notes(event);
    }
  }
}
