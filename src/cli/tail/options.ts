import type { Command } from 'commander';
import { type FormatOptions, formatOptions, urlOption } from '../logs/options.ts';
import { wholeNumber } from '../options.ts';

/** The options of `lms tail`. */
export interface TailOptions extends FormatOptions {
  readonly since?: string;
  readonly tz?: string;
  readonly url?: string;
  readonly lines?: number;
  readonly maxRate?: number;
  readonly quiet?: true;
}

/** What servers have at most. */
const MAX_LINES = 1_000;
const MAX_RATE = 100_000;
const lineCount = wholeNumber(0, MAX_LINES, ', or all with --since');

/** Adds them. */
export function tailOptions(command: Command): void {
  const which = command.optionsGroup('Which entries:');
  which
    .option(
      '--since <time>',
      'first what is stored from this time on: 10m (ago), 14:00, 2026-11-25T14:00:05Z',
    )
    .option('-n, --lines <count>', 'first the last so many (default: 10; with --since all)', readLines)
    .option(
      '--max-rate <count>',
      'so many a second at most: what is left out is counted',
      wholeNumber(1, MAX_RATE),
    )
    .option('--tz <zone>', 'the zone that times are read and shown in, such as UTC (default: the machine’s)');
  urlOption(command);
  const lines = command.optionsGroup('Lines:');
  formatOptions(lines);
  lines.option(
    '--quiet',
    'say nothing on standard error of gaps, of what is skipped, and how far behind it is',
  );
}

function readLines(text: string): number {
  if (text === 'all') return Infinity;
  return lineCount(text);
}
