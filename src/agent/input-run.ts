import type { LogEntry } from '../logs/entry.ts';
import type { Clock } from '../pipeline/ports.ts';
import { type AgentLedger, EMPTY_LEDGER, ledgerOf, sumOf } from './ledger.ts';
import type { ConfirmedBatch, EventBatch, Input, Settled } from './ports.ts';
import type { Pacer, Slice } from './sending/pacer.ts';
import type { Amount, Room } from './sending/room.ts';
import type { Sender } from './sending/sender.ts';

/** What the inputs of an agent share. */
export interface Sending {
  readonly sender: Sender;
  readonly room: Room;
  /** Undefined: everything goes at once. */
  readonly pacer: Pacer | undefined;
  readonly clock: Clock;
  /** Aborted when what is under way is waited for no longer. */
  readonly giveUp: AbortSignal;
  /** Told of entries that were refused, as far as these are told of. */
  readonly onRefused: (input: Input, reason: string) => void;
  /** Told once an input cannot go on; then it still has to be told to stop. */
  readonly onFailure: (error: unknown) => void;
}

interface Pending {
  readonly handedOverAtMs: number;
  readonly entries: number;
}

/** Takes what an input hands over, sends it, and confirms it in order. */
export class InputRun {
  readonly input: Input;
  readonly #sending: Sending;
  #ledger: AgentLedger = EMPTY_LEDGER;
  /** Batches that are not confirmed, oldest first. */
  readonly #pending: Pending[] = [];
  /** Of each of these, until it is confirmed. */
  readonly #open = new Set<Promise<void>>();
  /** Settled once the input was told of all batches so far that they are confirmed. */
  #told: Promise<unknown> = Promise.resolve();

  constructor(input: Input, sending: Sending) {
    this.input = input;
    this.#sending = sending;
  }

  get ledger(): AgentLedger {
    return this.#ledger;
  }

  /** Entries that were handed over and are not confirmed. */
  get unconfirmed(): number {
    return this.#pending.reduce((sum, { entries }) => sum + entries, 0);
  }

  /** For how long the oldest of them has waited, in milliseconds; 0 if there are none. */
  get waitingMs(): number {
    const [oldest] = this.#pending;
    return oldest === undefined ? 0 : this.#sending.clock.now() - oldest.handedOverAtMs;
  }

  /** Resolves once the input has ended and nothing is under way any more. Failures are told to `onFailure`. */
  async run(stop: AbortSignal): Promise<void> {
    try {
      for await (const batch of this.input.batches(stop)) await this.#take(batch, stop);
    } catch (error) {
      // A pace that was stopped rejects with the reason for that.
      if (!stop.aborted || error !== stop.reason) this.#sending.onFailure(error);
    }
    await Promise.all(this.#open);
  }

  async #take(batch: EventBatch, stop: AbortSignal): Promise<void> {
    const { clock, pacer, room, sender, giveUp } = this.#sending;
    const pending = { handedOverAtMs: clock.now(), entries: batch.entries.length };
    this.#pending.push(pending);
    const parts: Promise<Settled>[] = [];
    const taken: Amount[] = [];
    let isWhole = false;
    try {
      for (const slice of this.#slices(batch.entries)) {
        await pacer?.until(slice, stop);
        const amount = amountOf(slice.entries);
        await room.take(amount, giveUp);
        taken.push(amount);
        parts.push(quiet(sender.send(slice.entries, amount.bytes)));
      }
      isWhole = true;
    } finally {
      const end = isWhole ? this.#confirm(sentBatch(batch), parts) : Promise.allSettled(parts);
      this.#track(end, taken);
    }
  }

  /** Until this is done, what it has taken is not given back. */
  #track(end: Promise<unknown>, taken: readonly Amount[]): void {
    const open = end
      .then(() => undefined, this.#sending.onFailure)
      .then(() => {
        for (const amount of taken) this.#sending.room.give(amount);
        this.#open.delete(open);
      });
    this.#open.add(open);
  }

  #slices(entries: readonly LogEntry[]): readonly Pick<Slice, 'entries' | 'dueAtMs'>[] {
    const { pacer } = this.#sending;
    if (pacer !== undefined && entries.length > 0) return pacer.slices(entries);
    return [{ entries, dueAtMs: 0 }];
  }

  /**
   * Tells the input that a batch is confirmed, after those before it; it may write down several at once, and is not
   * waited for before the next.
   */
  async #confirm({ entries, batch }: SentBatch, parts: readonly Promise<Settled>[]): Promise<void> {
    const told = this.#told.then(async () => {
      const settled = await Promise.all(parts);
      return { settled, written: this.input.confirm(batch) };
    });
    this.#told = quiet(told);
    const { settled, written } = await told;
    await written;
    this.#pending.shift();
    this.#ledger = sumOf([this.#ledger, ledgerOf(batch.counts, entries, settled)]);
    for (const { reasons } of settled)
      for (const { reason } of reasons) this.#sending.onRefused(this.input, reason);
  }
}

/** A batch, and how many entries it had. */
interface SentBatch {
  readonly batch: ConfirmedBatch;
  readonly entries: number;
}

function sentBatch({ entries, counts, place }: EventBatch): SentBatch {
  let newestTime: string | undefined;
  for (const { timestamp } of entries)
    if (newestTime === undefined || timestamp > newestTime) newestTime = timestamp;
  return { batch: { counts, place, newestTime }, entries: entries.length };
}

/** An object for each entry, and its place in a request. */
const ENTRY_BYTES = 200;

/** A batch without entries takes room, too: there may be no end of them. */
function amountOf(entries: readonly LogEntry[]): Amount {
  const bytes = entries.reduce(
    (sum, { payload, tags }) => sum + payload.length + (tags?.length ?? 0) + ENTRY_BYTES,
    ENTRY_BYTES,
  );
  return { entries: entries.length, bytes };
}

/** A promise that is waited for later: until then its failure is nobody's. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
