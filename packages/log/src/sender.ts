import { type Backoff, backoffMs } from '../../../src/pipeline/backoff.ts';
import { Deadline } from './deadline.ts';
import { entries, type Say, Throttle } from './notices.ts';
import { type Confirmation, SendError, type Sink } from './sink.ts';

/** Of what a sender was given. `taken` = confirmed + refused + unsent + what is held. */
export interface Counts {
  /** Written and kept for sending. */
  readonly taken: number;
  /** The other side has them. */
  readonly confirmed: number;
  /** The other side will never take them, or they are too large to be sent. */
  readonly refused: number;
  /** Not taken, because the queue was full or closed. */
  readonly dropped: number;
  /** Given up when the sender was closed: they may or may not have arrived. */
  readonly unsent: number;
  /** Taken, and nothing else yet. */
  readonly held: number;
}

/** Bounds of what is held and sent at once. */
export interface SenderLimits {
  /** Entries held at most, those under way included. */
  readonly maxEntries: number;
  /** Their bytes. */
  readonly maxBytes: number;
  /** How long an entry waits for others to go with, in milliseconds. */
  readonly batchWaitMs: number;
  readonly batchEntries: number;
  readonly batchBytes: number;
}

export const LIMITS: SenderLimits = {
  maxEntries: 100_000,
  maxBytes: 64 * 1024 * 1024,
  batchWaitMs: 50,
  batchEntries: 1_000,
  batchBytes: 1_000_000,
};

const REQUESTS_IN_FLIGHT = 4;
/** The same is said no more often than this. */
const SAID_AGAIN_MS = 60_000;
const BACKOFF: Backoff = { baseMs: 200, capMs: 10_000 };

/**
 * Sends entries in batches, each again until it is confirmed: as long as there is room an outage costs
 * nothing. What is held is bounded; beyond that nothing is taken.
 */
export class Sender {
  readonly #sink: Sink;
  readonly #limits: SenderLimits;
  readonly #say: Say;
  readonly #given = new AbortController();
  readonly #waiting: (() => void)[] = [];
  /** The number of the first entry of each batch under way, counted from the first that was ever queued. */
  readonly #underWay = new Set<number>();
  #queue: Uint8Array[] = [];
  /** How many were ever queued. */
  #queued = 0;
  #queuedBytes = 0;
  #heldBytes = 0;
  #isFlushing = 0;
  #isClosed = false;
  #isOver = false;
  #closing: Promise<Counts> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of batches that wait to be tried again: try now. */
  #retryNow = new AbortController();
  /** What is wrong since the last confirmation; undefined: nothing. */
  #problem: string | undefined;
  #problemSaid: string | undefined;
  readonly #failureSaid = new Throttle(SAID_AGAIN_MS);
  readonly #droppedSaid = new Throttle(SAID_AGAIN_MS);
  #taken = 0;
  #confirmed = 0;
  #refused = 0;
  #dropped = 0;
  #unsent = 0;

  constructor(sink: Sink, say: Say, limits: Partial<SenderLimits> = {}) {
    this.#sink = sink;
    this.#say = say;
    this.#limits = { ...LIMITS, ...limits };
  }

  get counts(): Counts {
    const [taken, confirmed, refused] = [this.#taken, this.#confirmed, this.#refused];
    const [dropped, unsent] = [this.#dropped, this.#unsent];
    return { taken, confirmed, refused, dropped, unsent, held: taken - confirmed - refused - unsent };
  }

  /** Whether the last request was in vain. */
  get isFailing(): boolean {
    return this.#problem !== undefined;
  }

  /** Whether an entry of so many bytes would be taken. */
  hasRoom(bytes = 0): boolean {
    const { maxEntries, maxBytes } = this.#limits;
    const { held } = this.counts;
    // One entry is always taken, however large it is.
    return !this.#isClosed && (held === 0 || (held < maxEntries && this.#heldBytes + bytes <= maxBytes));
  }

  /** Takes an entry, if there is room. One that is too large for a request is taken and refused. */
  add(line: Uint8Array): boolean {
    if (!this.hasRoom(line.length)) return false;
    this.#taken += 1;
    if (line.length > this.#sink.maxEntryBytes) {
      this.#refuse(1, `it has ${String(line.length)} bytes, more than ${String(this.#sink.maxEntryBytes)}`);
      return true;
    }
    this.#queue.push(line);
    this.#queued += 1;
    this.#queuedBytes += line.length;
    this.#heldBytes += line.length;
    this.#pump();
    return true;
  }

  /** Counts an entry that was not taken, and says so: at the first of many, once a minute, and at the end. */
  drop(): void {
    this.#dropped += 1;
    if (this.#isOver || !this.#droppedSaid.isDue()) return;
    const why = this.#problem ?? 'they come faster than they can be sent';
    const soFar = `${entries(this.#dropped)} dropped so far`;
    this.#say(`the queue to ${this.#sink.name} is full, ${soFar}: ${why}`);
  }

  /** Resolves as soon as there is room for another entry of this size, or none ever will be. */
  async room(bytes = 0): Promise<void> {
    while (!this.hasRoom(bytes) && !this.#isClosed) await this.#change();
  }

  /**
   * Sends what was taken until now, without waiting for more, and resolves once all of it is confirmed or
   * refused, or after `timeoutMs`; the rest is still held then.
   */
  async flush(timeoutMs: number): Promise<Counts> {
    const deadline = new Deadline(timeoutMs, () => this.#changed());
    const until = this.#queued;
    this.#isFlushing += 1;
    this.#retryAll();
    this.#pump();
    while (!deadline.isOver && !this.#isOver && this.#oldestHeld() < until) await this.#change();
    this.#isFlushing -= 1;
    deadline.cancel();
    return this.counts;
  }

  /** Takes nothing more, flushes, gives up what is left and says how much that is. */
  close(timeoutMs: number): Promise<Counts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<Counts> {
    this.#isClosed = true;
    await this.flush(timeoutMs);
    this.giveUp();
    this.#sink.close();
    return this.counts;
  }

  /** Counts all that is held as unsent, and says what was lost. For a process that ends now. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isClosed = true;
    this.#given.abort();
    clearTimeout(this.#timer);
    this.#unsent += this.counts.held;
    this.#queue = [];
    if (this.#unsent > 0) this.#say(this.#lost(this.#unsent, 'not sent'));
    if (this.#dropped > 0) this.#say(this.#lost(this.#dropped, 'dropped'));
    this.#changed();
  }

  #lost(count: number, how: string): string {
    const why = this.#problem === undefined ? '' : `: ${this.#problem}`;
    return `${entries(count)} for ${this.#sink.name} ${count === 1 ? 'was' : 'were'} ${how}${why}`;
  }

  /** The number of the first entry that nothing has become of yet. */
  #oldestHeld(): number {
    return Math.min(this.#queued - this.#queue.length, ...this.#underWay);
  }

  #pump(): void {
    const { batchEntries, batchBytes, batchWaitMs } = this.#limits;
    while (!this.#isOver && this.#underWay.size < REQUESTS_IN_FLIGHT && this.#queue.length > 0) {
      const isFull = this.#queue.length >= batchEntries || this.#queuedBytes >= batchBytes;
      if (!isFull && this.#isFlushing === 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#sendBatch();
          this.#pump();
        }, batchWaitMs);
        return;
      }
      this.#sendBatch();
    }
  }

  #sendBatch(): void {
    const { batchEntries, batchBytes } = this.#limits;
    let bytes = 0;
    let count = 0;
    for (const line of this.#queue) {
      if (count === batchEntries || (count > 0 && bytes + line.length > batchBytes)) break;
      bytes += line.length;
      count += 1;
    }
    if (count === 0) return;
    const first = this.#queued - this.#queue.length;
    const batch = this.#queue.splice(0, count);
    this.#queuedBytes -= bytes;
    this.#underWay.add(first);
    void this.#deliver(batch)
      .catch(unexpected)
      .finally(() => {
        this.#underWay.delete(first);
        this.#heldBytes -= bytes;
        this.#changed();
        this.#pump();
      });
  }

  /** Sends a batch again until it is answered or given up. */
  async #deliver(batch: readonly Uint8Array[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#try(batch);
      // It is counted as unsent by now.
      if (this.#isOver) return;
      if (!(outcome instanceof SendError)) {
        this.#confirm(outcome);
        return;
      }
      if (outcome.isFinal) {
        this.#refuse(batch.length, outcome.message);
        return;
      }
      this.#fail(outcome.message);
      await this.#pause(outcome.retryAfterMs ?? backoffMs(attempt, BACKOFF));
      if (this.#isOver) return;
    }
  }

  async #try(batch: readonly Uint8Array[]): Promise<Confirmation | SendError> {
    try {
      return await this.#sink.send(batch, this.#given.signal);
    } catch (error) {
      return error instanceof SendError ? error : new SendError(String(error));
    }
  }

  #confirm({ confirmed, refused, reason }: Confirmation): void {
    this.#confirmed += confirmed;
    if (this.#problem !== undefined && this.#problem === this.#problemSaid) {
      this.#say(`${this.#sink.name} takes entries again`);
      this.#problemSaid = undefined;
    }
    this.#problem = undefined;
    if (refused > 0) this.#refuse(refused, reason ?? 'it does not say why');
  }

  #refuse(count: number, reason: string): void {
    this.#refused += count;
    this.#say(`${this.#sink.name} does not take ${entries(count)}: ${reason}`);
  }

  /** Says what is wrong once, and no more than now and then if it comes and goes. */
  #fail(problem: string): void {
    this.#problem = problem;
    if (this.#problemSaid === problem || !this.#failureSaid.isDue()) return;
    this.#say(`cannot send to ${this.#sink.name}, and tries again: ${problem}`);
    this.#problemSaid = problem;
  }

  /**
   * Waits for the next try; a flush ends the wait. It does not keep the process: nobody should wait for a server
   * that may never come back.
   */
  async #pause(delayMs: number): Promise<void> {
    const wake = AbortSignal.any([this.#retryNow.signal, this.#given.signal]);
    if (wake.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      if (this.#isFlushing === 0) timer.unref();
      wake.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #retryAll(): void {
    const before = this.#retryNow;
    this.#retryNow = new AbortController();
    before.abort();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A bug of ours must not end the process whose log it is. */
function unexpected(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
