import { pause, unlessAborted } from '../pipeline/clock.ts';
import type { Followed, FollowPorts } from './follow-ports.ts';
import { type Gap, Gaps } from './gaps.ts';
import type { SeenIds } from './seen-ids.ts';
import type { EventRange } from './tail-event.ts';

/** How often is asked what is stored: at first, and at last. */
const FIRST_PAUSE_MS = 2_000;
const LAST_PAUSE_MS = 15_000;
const PAUSE_GROWTH = 1.5;
/** If nothing more is stored for so long, nobody stores. */
const GIVE_UP_MS = 10 * 60_000;
/** What a worker that died had in its hands comes to another within this time, and nobody counts it meanwhile. */
const LATE_MS = 90_000;
/** By so much the clocks of Pub/Sub and the database may differ. */
const SKEW_MS = 2_000;

interface FillerParts<E> {
  readonly seen: SeenIds;
  readonly say: (items: readonly Followed<E>[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Between two rounds: what is said to be missing meanwhile is looked up together. */
const ROUND_MS = 1_000;

/**
 * Looks up what may be missing: what is stored already at once, the rest when all is stored that had been published
 * when it was said to be missing; and once more later.
 */
export class Filler<E> {
  readonly #ports: FollowPorts<E>;
  readonly #parts: FillerParts<E>;
  readonly #gaps = new Gaps();
  /** Said, but the tail's own entries of that time are still coming: those come first. */
  #coming: EventRange[] = [];
  #isLive = false;
  /** Up to here all is stored, as far as anybody has said. */
  #storedMs = -Infinity;
  #askedAtMs = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;
  #wake: () => void = () => undefined;

  constructor(ports: FollowPorts<E>, parts: FillerParts<E>) {
    this.#ports = ports;
    this.#parts = parts;
  }

  /** A connection begins: up to its first heartbeat it brings what was before. */
  begin(): void {
    this.#isLive = false;
  }

  /** What was before has come, or the connection is over. */
  release(): void {
    this.#isLive = true;
    for (const range of this.#coming) this.#open(range);
    this.#coming = [];
  }

  /** Entries may be missing here. */
  add(range: EventRange): void {
    if (this.#isLive) this.#open(range);
    else this.#coming.push(range);
    this.#parts.seen.hold(true);
  }

  /** What was published before this is stored, RFC 3339. */
  hear(storedUpTo: string | undefined): void {
    if (storedUpTo === undefined) return;
    this.#storedMs = Math.max(this.#storedMs, Date.parse(storedUpTo));
    this.#wake();
  }

  /** Fills gaps until the signal is aborted: then rejects with its reason. */
  async run(): Promise<never> {
    const { clock } = this.#ports;
    for (;;) {
      await this.#untilDue();
      for (const gap of this.#gaps.takeFresh()) {
        const { found } = await this.#look(gap);
        this.#gaps.addWaiting({ ...gap, found });
      }
      if (this.#gaps.isWaiting && this.#msToAsk() <= 0) await this.#ask();
      const isWell = (await this.#fillStored()) && (await this.#lookAgain());
      await this.#giveUp();
      this.#parts.seen.hold(!this.#gaps.isEmpty || this.#coming.length > 0);
      await pause(clock, isWell ? ROUND_MS : this.#pauseMs, this.#parts.signal);
    }
  }

  #open({ from, to }: EventRange): void {
    this.#gaps.add({ from, to, sinceMs: this.#ports.clock.now(), found: 0 });
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#wake();
  }

  /** Resolves once something is to be done. */
  async #untilDue(): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#parts;
    for (;;) {
      const dueMs = this.#dueMs();
      if (dueMs <= 0) return;
      let cancel = (): void => undefined;
      const wait = () =>
        new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (dueMs !== Infinity) cancel = clock.schedule(dueMs, resolve);
        });
      await unlessAborted(wait, signal).finally(cancel);
    }
  }

  #dueMs(): number {
    const gaps = this.#gaps;
    if (gaps.isFresh || gaps.hasWaiting((gap) => this.#isStored(gap))) return 0;
    const { lateSinceMs = Infinity } = gaps;
    return Math.min(
      gaps.isWaiting ? this.#msToAsk() : Infinity,
      lateSinceMs + LATE_MS - this.#ports.clock.now(),
    );
  }

  #msToAsk(): number {
    return this.#askedAtMs + this.#pauseMs - this.#ports.clock.now();
  }

  #isStored({ neededMs = Infinity }: Gap): boolean {
    return neededMs <= this.#storedMs;
  }

  /** Asks up to when all is stored, and of what is new to it, up to when that has to be. */
  async #ask(): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#parts;
    const state = await this.#ports.storedUpTo(signal).catch(() => undefined);
    signal.throwIfAborted();
    const nowMs = clock.now();
    this.#askedAtMs = nowMs;
    this.#pauseMs = Math.min(this.#pauseMs * PAUSE_GROWTH, LAST_PAUSE_MS);
    if (state === undefined) return;
    const beforeMs = this.#storedMs;
    this.hear(state.at);
    const grew = this.#storedMs > beforeMs;
    const newMs = Date.parse(state.now) + SKEW_MS;
    this.#gaps.changeWaiting((gap) => ({
      ...gap,
      neededMs: gap.neededMs ?? newMs,
      sinceMs: grew && !(gap.neededMs !== undefined && gap.neededMs <= beforeMs) ? nowMs : gap.sinceMs,
    }));
  }

  /** Fills what is stored now. Resolves to whether that could be looked up. */
  async #fillStored(): Promise<boolean> {
    let isWell = true;
    for (const gap of this.#gaps.takeWaiting((each) => this.#isStored(each))) {
      const { found, error } = await this.#look(gap);
      const { from, to } = gap;
      const next = { ...gap, found: gap.found + found };
      if (error === undefined) {
        await this.#parts.say([{ kind: 'filled', from, to, count: next.found }]);
        this.#gaps.addLate({ ...next, sinceMs: this.#ports.clock.now() });
      } else if (this.#ports.failureOf(error).isFinal || error instanceof TooMany) {
        await this.#parts.say([{ kind: 'incomplete', from, to, cause: error }]);
      } else {
        isWell = false;
        this.#gaps.addWaiting(next);
      }
    }
    return isWell;
  }

  /** What was filled a while ago: something that nobody had counted may have been stored since. */
  async #lookAgain(): Promise<boolean> {
    const { clock } = this.#ports;
    let isWell = true;
    for (const gap of this.#gaps.takeLate(clock.now() - LATE_MS)) {
      const { error } = await this.#look(gap);
      if (error === undefined || error instanceof TooMany || this.#ports.failureOf(error).isFinal) continue;
      isWell = false;
      this.#gaps.addLate({ ...gap, sinceMs: clock.now() });
    }
    return isWell;
  }

  /** Says what stays incomplete: nothing more is stored, or nobody says it, or it cannot be looked up. */
  async #giveUp(): Promise<void> {
    const sinceMs = this.#ports.clock.now() - GIVE_UP_MS;
    for (const gap of this.#gaps.takeWaiting((each) => each.sinceMs <= sinceMs)) {
      const { from, to } = gap;
      const { error: cause } = await this.#look(gap);
      await this.#parts.say([{ kind: 'incomplete', from, to, cause }]);
    }
  }

  /** Gives what is stored there and was not given yet. */
  async #look({ from, to }: EventRange): Promise<{ readonly found: number; readonly error?: unknown }> {
    const { seen, say, signal } = this.#parts;
    let found = 0;
    try {
      for await (const page of this.#ports.fill({ from, to }, signal)) {
        if (seen.isFull) throw new TooMany('more entries than can be told apart were shown meanwhile');
        const entries = page.filter(({ entryId }) => seen.add(entryId));
        found += entries.length;
        await say(entries.map(({ entryId, entry }) => ({ kind: 'entry', entryId, entry, isFilled: true })));
      }
      return { found };
    } catch (error) {
      signal.throwIfAborted();
      return { found, error };
    }
  }
}

/** That a gap cannot be filled without showing entries twice. */
class TooMany extends Error {
  override readonly name = 'TooMany';
}
