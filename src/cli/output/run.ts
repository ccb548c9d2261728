import type { RunSummary, SeqList } from '../../runs/account.ts';
import { count } from './numbers.ts';
import { formatTable } from './table.ts';

/** More ranges than a person reads; the JSON has more. */
const SHOWN_RANGES = 10;

/**
 * What became of a run's messages, as lines of text. If the dead letters were not looked at,
 * missing messages may be among them.
 */
export function runText(summary: RunSummary, withDeadLetters: boolean): string {
  const { published, stored, deadLettered, both, missing, doubled, unexpected } = summary;
  const rows = [
    ['published', count(published), published > 0 ? `numbers 1 to ${String(published)}` : ''],
    ['rows', count(stored), ''],
    ['dead letters', withDeadLetters ? count(deadLettered) : '-', lettersNote(both, withDeadLetters)],
    ['missing', count(missing.total), shownRanges(missing)],
    ['more than one row', count(doubled.total), shownRanges(doubled)],
    ...(unexpected.total > 0 ? [['not expected', count(unexpected.total), shownRanges(unexpected)]] : []),
  ];
  const table = formatTable(['messages', 'count', 'which'], rows);
  return `run ${summary.run}\n\n${table}\n${summary.complete ? allThere(summary) : notAllThere(summary, withDeadLetters)}`;
}

function lettersNote(both: number, withDeadLetters: boolean): string {
  if (!withDeadLetters) return 'not looked at: --dead-letters';
  return both > 0 ? `${count(both)} more of messages that have a row` : '';
}

function allThere({ published, stored, deadLettered }: RunSummary): string {
  const letters = deadLettered > 0 ? ` + ${count(deadLettered)} dead letters` : '';
  return `${count(published)} published = ${count(stored)} rows${letters}, no gaps, none twice.\n`;
}

function notAllThere({ missing }: RunSummary, withDeadLetters: boolean): string {
  if (missing.total === 0 || withDeadLetters) return '';
  return 'What is missing may be among the dead letters: add --dead-letters.\n';
}

function shownRanges({ ranges }: SeqList): string {
  const shown = ranges
    .slice(0, SHOWN_RANGES)
    .map(({ first, last }) => (first === last ? String(first) : `${String(first)}–${String(last)}`));
  return [...shown, ...(ranges.length > SHOWN_RANGES ? ['…'] : [])].join(', ');
}
