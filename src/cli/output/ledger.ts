import type { LedgerReport } from '../../app/ledger-report.ts';
import type { SupervisorReport } from '../../app/supervisor/ledgers.ts';
import { count } from './numbers.ts';

/** At most this many batch sizes are listed; a long run has thousands. */
const MAX_SIZES = 12;

/** The ledger for a person: what was received and what became of it, how it was flushed, the batch sizes. */
export function ledgerText(ledger: LedgerReport): string {
  const { messages, received, stored, duplicates, deadLettered, discarded, released, held } = ledger;
  const { flushes, batchSizes } = ledger;
  const fates = [
    `${count(stored)} stored`,
    `${count(duplicates)} duplicate${duplicates === 1 ? '' : 's'}`,
    `${count(deadLettered)} dead-lettered`,
    // Few ask for it.
    ...(discarded > 0 ? [`${count(discarded)} discarded`] : []),
    `${count(released)} released`,
    ...(held > 0 ? [`${count(held)} held`] : []),
  ];
  // A message holds one entry, as a rule: then there is one number to tell.
  const several =
    messages === received ? '' : ` entries in ${count(messages)} message${messages === 1 ? '' : 's'}`;
  const reasons = Object.entries(flushes).filter(([, batches]) => batches > 0);
  const flushed = reasons.map(([reason, batches]) => `${count(batches)} by ${reason}`).join(', ');
  const total = reasons.reduce((sum, [, batches]) => sum + batches, 0);
  const sizes = batchSizes.slice(0, MAX_SIZES).map(([rows, batches]) => `${count(batches)} × ${count(rows)}`);
  const more =
    batchSizes.length > MAX_SIZES ? `, and ${count(batchSizes.length - MAX_SIZES)} other sizes` : '';
  return [
    `received ${count(received)}${several} = ${fates.join(' + ')}`,
    `flushed  ${count(total)} batch${total === 1 ? '' : 'es'}${flushed && `: ${flushed}`}`,
    ...(sizes.length > 0 ? [`sizes    ${sizes.join(', ')}${more}`] : []),
    '',
  ].join('\n');
}

/** The sum for a person, what each worker received, and how many left no ledger. */
export function supervisorText(report: SupervisorReport): string {
  const received = report.workers.map((worker) => count(worker.received)).join(' + ');
  const lost = report.withoutLedger;
  const without = `${count(lost)} worker${lost === 1 ? '' : 's'} died without a ledger: what ${lost === 1 ? 'it' : 'they'} held is delivered again\n`;
  return `${ledgerText(report)}workers  ${String(report.workers.length)}, which received ${received}\n${lost > 0 ? without : ''}`;
}
