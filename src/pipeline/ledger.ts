import type { RejectionCode } from '../logs/rejection.ts';
import type { FlushReason } from './buffer.ts';
import type { DeadLetter } from './ports.ts';

/**
 * What became of the log entries: every received one ends in exactly one of the five columns, or is still
 * held. A message holds one entry as a rule, and may hold several.
 */
export interface LedgerCounts {
  /** Messages that the subscription delivered. Every other column counts entries. */
  readonly messages: number;
  readonly received: number;
  /** Rows added and counted. */
  readonly stored: number;
  /** Their row was there before. */
  readonly duplicates: number;
  /** Published to the dead-letter topic, confirmed. */
  readonly deadLettered: number;
  /** Not to be kept, as the settings say. */
  readonly discarded: number;
  /** Given back unsettled, to be delivered again. */
  readonly released: number;
  /** Received and not settled yet. */
  readonly held: number;
}

/**
 * The worker's account of messages, their entries, and flushes. Counts only: its size does not grow with the
 * traffic.
 */
export class Ledger {
  messages = 0;
  received = 0;
  stored = 0;
  duplicates = 0;
  deadLettered = 0;
  discarded = 0;
  /**
   * The dead-lettered by what was wrong with them; codes that did not occur are absent. The bad entries of
   * one message count under the code of the first.
   */
  readonly deadLetterCodes = new Map<RejectionCode, number>();
  released = 0;
  /**
   * Acknowledgements that the server has not confirmed: these messages may come again, and will be
   * duplicates.
   */
  acksUnconfirmed = 0;
  readonly flushes: Record<FlushReason, number> = { size: 0, bytes: 0, interval: 0, drain: 0 };
  /** How many batches were flushed, by their number of rows. */
  readonly batchSizes = new Map<number, number>();

  get held(): number {
    return this.received - this.stored - this.duplicates - this.deadLettered - this.discarded - this.released;
  }

  /** Counts a committed batch of `rows` rows. */
  flushed(reason: FlushReason, rows: number): void {
    this.flushes[reason] += 1;
    this.batchSizes.set(rows, (this.batchSizes.get(rows) ?? 0) + 1);
  }

  /** Counts letters that the dead-letter topic has. */
  published(letters: readonly DeadLetter[]): void {
    for (const { rejection, entries = 1 } of letters) {
      this.deadLettered += entries;
      this.deadLetterCodes.set(rejection.code, (this.deadLetterCodes.get(rejection.code) ?? 0) + entries);
    }
  }

  counts(): LedgerCounts {
    const { messages, received, stored, duplicates, deadLettered, discarded, released, held } = this;
    return { messages, received, stored, duplicates, deadLettered, discarded, released, held };
  }
}
