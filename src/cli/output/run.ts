import type { RunSummary, SeqList } from '../../runs/account.ts';
import { count } from './numbers.ts';
import { formatTable } from './table.ts';

/** More ranges than a person reads; the JSON has more. */
const SHOWN_RANGES = 10;

/** What else is known. */
export interface RunView {
  /** Whether dead letters were looked at: if not, what is missing may be among them. */
  readonly withDeadLetters: boolean;
  /** Entries of whatever run that workers have discarded lately. */
  readonly discarded: number;
}

/** What became of a run's messages, as lines of text. */
export function runText(summary: RunSummary, { withDeadLetters, discarded }: RunView): string {
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
  return `run ${summary.run}\n\n${table}\n${summary.complete ? allThere(summary) : notAllThere(summary, { withDeadLetters, discarded })}`;
}

function lettersNote(both: number, withDeadLetters: boolean): string {
  if (!withDeadLetters) return 'not looked at: --dead-letters';
  return both > 0 ? `${count(both)} more of messages that have a row` : '';
}

function allThere({ published, stored, deadLettered }: RunSummary): string {
  const letters = deadLettered > 0 ? ` + ${count(deadLettered)} dead letters` : '';
  return `${count(published)} published = ${count(stored)} rows${letters}, no gaps, none twice.\n`;
}

function notAllThere({ missing }: RunSummary, { withDeadLetters, discarded }: RunView): string {
  if (missing.total === 0) return '';
  const places = [
    ...(withDeadLetters ? [] : ['What is missing may be among the dead letters: add --dead-letters.\n']),
    ...(discarded > 0
      ? [
          `Or it was not to be kept: workers seen within a day have discarded ${count(discarded)} ${discarded === 1 ? 'entry' : 'entries'} (DISCARD).\n`,
        ]
      : []),
  ];
  return places.join('');
}

function shownRanges({ ranges }: SeqList): string {
  const shown = ranges
    .slice(0, SHOWN_RANGES)
    .map(({ first, last }) => (first === last ? String(first) : `${String(first)}–${String(last)}`));
  return [...shown, ...(ranges.length > SHOWN_RANGES ? ['…'] : [])].join(', ');
}
