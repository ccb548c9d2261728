import { type Backoff, backoffMs } from '../../../src/pipeline/backoff.ts';
import { Deadline } from './deadline.ts';
import { type LimitOptions, limitsOf, type SenderLimits } from './limits.ts';
import type { Say } from './notices.ts';
import { Reports } from './reports.ts';
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

const REQUESTS_IN_FLIGHT = 4;
const BACKOFF: Backoff = { baseMs: 200, capMs: 10_000 };
/** While somebody waits for it. */
const FLUSH_BACKOFF: Backoff = { baseMs: 100, capMs: 500 };

/**
 * Sends entries in batches, each again until it is confirmed: as long as there is room an outage costs
 * nothing. What is held is bounded; beyond that nothing is taken.
 */
export class Sender {
  readonly #sink: Sink;
  readonly #limits: SenderLimits;
  readonly #reports: Reports;
  readonly #given = new AbortController();
  readonly #waiting: (() => void)[] = [];
  /** The number of the first entry of each batch under way, counted from the first that was ever queued. */
  readonly #underWay = new Set<number>();
  #queue: Uint8Array[] = [];
  /** How many were ever queued. */
  #queued = 0;
  #queuedBytes = 0;
  #heldBytes = 0;
  #wantedBytes = 0;
  #isFlushing = 0;
  #isClosed = false;
  #isOver = false;
  #closing: Promise<Counts> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of batches that wait to be tried again: ends the wait. */
  readonly #pauses = new Set<() => void>();
  #taken = 0;
  #confirmed = 0;
  #refused = 0;
  #dropped = 0;
  #unsent = 0;

  constructor(sink: Sink, say: Say, limits: LimitOptions = {}) {
    this.#sink = sink;
    this.#reports = new Reports(() => sink.name, say);
    this.#limits = limitsOf(limits, sink);
  }

  get counts(): Counts {
    const [taken, confirmed, refused] = [this.#taken, this.#confirmed, this.#refused];
    const [dropped, unsent] = [this.#dropped, this.#unsent];
    return { taken, confirmed, refused, dropped, unsent, held: taken - confirmed - refused - unsent };
  }

  /** Whether the last request was in vain. */
  get isFailing(): boolean {
    return this.#reports.isFailing;
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
    if (!this.hasRoom(line.length)) {
      this.#wantedBytes = line.length;
      return false;
    }
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
    if (!this.#isOver) this.#reports.dropped(this.#dropped);
  }

  /**
   * Resolves to true as soon as there is room for an entry as large as the last that found none, to false if
   * there never will be again; with `whileHopeful` also when a request fails.
   */
  async room(whileHopeful = false): Promise<boolean> {
    const isHopeless = () => this.#isClosed || (whileHopeful && this.isFailing);
    while (!this.hasRoom(this.#wantedBytes) && !isHopeless()) await this.#change();
    this.#wantedBytes = 0;
    return !this.#isClosed;
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
    this.#retryAll();
    clearTimeout(this.#timer);
    this.#unsent += this.counts.held;
    this.#queue = [];
    this.#reports.lost(this.counts);
    this.#changed();
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
        // A process with nothing else to do flushes at once.
        this.#timer.unref();
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
      if (count >= batchEntries || (count > 0 && bytes + line.length > batchBytes)) break;
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
      if (this.#settle(batch, outcome)) return;
      const retryAfterMs = outcome instanceof SendError ? outcome.retryAfterMs : undefined;
      const backoff = this.#isFlushing > 0 ? FLUSH_BACKOFF : BACKOFF;
      await this.#pause(retryAfterMs ?? backoffMs(attempt, backoff));
    }
  }

  async #try(batch: readonly Uint8Array[]): Promise<Confirmation | SendError> {
    const { signal } = this.#given;
    try {
      signal.throwIfAborted();
      return await this.#sink.send(batch, signal);
    } catch (error) {
      return error instanceof SendError ? error : new SendError(String(error));
    }
  }

  /** Counts what became of a batch; false if it has to be sent again. */
  #settle(batch: readonly Uint8Array[], outcome: Confirmation | SendError): boolean {
    // It is counted as unsent by now.
    if (this.#isOver) return true;
    if (!(outcome instanceof SendError)) this.#confirm(outcome);
    else if (outcome.isFinal) this.#refuse(batch.length, outcome.message);
    else {
      this.#reports.failed(outcome.message);
      this.#changed();
      return false;
    }
    return true;
  }

  #confirm({ confirmed, refused, reason }: Confirmation): void {
    this.#confirmed += confirmed;
    this.#reports.confirmed();
    if (refused > 0) this.#refuse(refused, reason ?? 'it does not say why');
  }

  #refuse(count: number, reason: string): void {
    this.#refused += count;
    this.#reports.refused(count, reason);
  }

  /**
   * Waits for the next try; a flush ends the wait. It does not keep the process, as a flush does: nobody should
   * wait for long for a server that may never come back.
   */
  async #pause(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, delayMs).unref();
      this.#pauses.add(end);
    });
  }

  #retryAll(): void {
    for (const end of this.#pauses) end();
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
