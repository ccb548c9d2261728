import type { FlushReason } from '../pipeline/buffer.ts';
import type { Ledger, LedgerCounts } from '../pipeline/ledger.ts';

/** The ledger as a JSON object for programs. */
export interface LedgerReport extends LedgerCounts {
  readonly acksUnconfirmed: number;
  readonly flushes: Readonly<Record<FlushReason, number>>;
  /** `[rows, batches]`: that many batches had that many rows; largest first. */
  readonly batchSizes: readonly (readonly [number, number])[];
}

export function ledgerReport(ledger: Ledger): LedgerReport {
  return {
    ...ledger.counts(),
    acksUnconfirmed: ledger.acksUnconfirmed,
    flushes: { ...ledger.flushes },
    batchSizes: [...ledger.batchSizes].sort(([a], [b]) => b - a),
  };
}
