import type { FlushReason } from '../pipeline/buffer.ts';
import type { Ledger, Tally } from '../pipeline/ledger.ts';

/** The ledger as a JSON object for programs. */
export interface LedgerReport extends Tally {
  readonly acksUnconfirmed: number;
  readonly flushes: Readonly<Record<FlushReason, number>>;
  /** `[rows, batches]`: that many batches had that many rows; largest first. */
  readonly batchSizes: readonly (readonly [number, number])[];
}

export function ledgerReport(ledger: Ledger): LedgerReport {
  return {
    ...ledger.tally(),
    acksUnconfirmed: ledger.acksUnconfirmed,
    flushes: { ...ledger.flushes },
    batchSizes: [...ledger.batchSizes].sort(([a], [b]) => b - a),
  };
}

/** At most this many batch sizes are listed; a long run has thousands. */
const MAX_SIZES = 12;
const NUMBER = new Intl.NumberFormat('en-US');

/** The ledger for a person: what was received and what became of it, how it was flushed, the batch sizes. */
export function ledgerText(ledger: LedgerReport): string {
  const { received, stored, duplicates, deadLettered, released, held, flushes, batchSizes } = ledger;
  const fates = [
    `${NUMBER.format(stored)} stored`,
    `${NUMBER.format(duplicates)} duplicate${duplicates === 1 ? '' : 's'}`,
    `${NUMBER.format(deadLettered)} dead-lettered`,
    `${NUMBER.format(released)} released`,
    ...(held > 0 ? [`${NUMBER.format(held)} held`] : []),
  ];
  const reasons = Object.entries(flushes).filter(([, count]) => count > 0);
  const flushed = reasons.map(([reason, count]) => `${NUMBER.format(count)} by ${reason}`).join(', ');
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const sizes = batchSizes
    .slice(0, MAX_SIZES)
    .map(([rows, batches]) => `${NUMBER.format(batches)} × ${NUMBER.format(rows)}`);
  const more =
    batchSizes.length > MAX_SIZES ? `, and ${NUMBER.format(batchSizes.length - MAX_SIZES)} other sizes` : '';
  return [
    `received ${NUMBER.format(received)} = ${fates.join(' + ')}`,
    `flushed  ${NUMBER.format(total)} batch${total === 1 ? '' : 'es'}${flushed && `: ${flushed}`}`,
    ...(sizes.length > 0 ? [`sizes    ${sizes.join(', ')}${more}`] : []),
    '',
  ].join('\n');
}
