import type { RejectionCode } from '../logs/rejection.ts';
import type { FlushReason } from './buffer.ts';
import type { DeadLetter } from './ports.ts';

/** What became of the messages: every received one ends in exactly one of the four columns, or is still held. */
export interface LedgerCounts {
  readonly received: number;
  /** Rows added and counted. */
  readonly stored: number;
  /** Their row was there before. */
  readonly duplicates: number;
  /** Published to the dead-letter topic, confirmed. */
  readonly deadLettered: number;
  /** Given back unsettled, to be delivered again. */
  readonly released: number;
  /** Received and not settled yet. */
  readonly held: number;
}

/** The worker's account of messages and flushes. Counts only: its size does not grow with the traffic. */
export class Ledger {
  received = 0;
  stored = 0;
  duplicates = 0;
  deadLettered = 0;
  /** The dead-lettered by what was wrong with them; codes that did not occur are absent. */
  readonly deadLetterCodes = new Map<RejectionCode, number>();
  released = 0;
  /** Acknowledgements that the server has not confirmed: these messages may come again, and will be duplicates. */
  acksUnconfirmed = 0;
  readonly flushes: Record<FlushReason, number> = { size: 0, bytes: 0, interval: 0, drain: 0 };
  /** How many batches were flushed, by their number of rows. */
  readonly batchSizes = new Map<number, number>();

  get held(): number {
    return this.received - this.stored - this.duplicates - this.deadLettered - this.released;
  }

  /** Counts a committed batch of `rows` rows. */
  flushed(reason: FlushReason, rows: number): void {
    this.flushes[reason] += 1;
    this.batchSizes.set(rows, (this.batchSizes.get(rows) ?? 0) + 1);
  }

  /** Counts letters that the dead-letter topic has. */
  published(letters: readonly DeadLetter[]): void {
    this.deadLettered += letters.length;
    for (const { rejection } of letters) {
      this.deadLetterCodes.set(rejection.code, (this.deadLetterCodes.get(rejection.code) ?? 0) + 1);
    }
  }

  counts(): LedgerCounts {
    const { received, stored, duplicates, deadLettered, released, held } = this;
    return { received, stored, duplicates, deadLettered, released, held };
  }
}
