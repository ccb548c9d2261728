import type { ProofGround } from './ground.ts';

const NUMBER = new Intl.NumberFormat('en-US');

/** How often each kind of moment was played, and how many of them came before the run had ended. */
export function tallyText(tally: ReadonlyMap<string, number>, inTheMiddle: number): string {
  const all = [...tally.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...tally].map(([name, count]) => `  ${String(count).padStart(5)}  ${name}\n`);
  return `${kinds.join('')}  ${String(all).padStart(5)}  in all, ${String(inTheMiddle)} of them in the middle of a run\n`;
}

/** What was written, deleted and looked at. */
export function summaryText({ reference, watching, writing }: ProofGround, deleted: number): string {
  const stored = NUMBER.format(reference.stored);
  return `  ${stored} rows stored, ${NUMBER.format(deleted)} deleted, ${NUMBER.format(watching.looks)} looks meanwhile, ${NUMBER.format(writing.failures)} batches written again\n`;
}

/** A line for each. */
export function problemText(problems: readonly string[]): string {
  return problems.map((problem) => `  ✗ ${problem}\n`).join('');
}
