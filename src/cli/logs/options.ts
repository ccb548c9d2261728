import { type Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../options.ts';
import { COLOR_CHOICES, type ColorChoice } from '../output/style.ts';

/** The options that say how a line is written. */
export interface FormatOptions {
  readonly json?: true;
  readonly csv?: true;
  readonly raw?: true;
  readonly spreadsheet?: boolean;
  readonly fields?: readonly string[];
  readonly wrap?: boolean;
  readonly color: ColorChoice;
}

/** The options of `lms logs`. */
export interface LogsOptions extends TimeOptions, FormatOptions {
  readonly around?: string;
  readonly lines?: number;
  readonly reverse?: boolean;
  readonly pager: boolean;
  readonly explain?: true;
  readonly context?: number;
  readonly sameService?: boolean;
  readonly histogram?: true;
  readonly by?: string;
  readonly count?: true;
  readonly values?: string;
  readonly cursor?: string;
  readonly showCursor?: true;
  readonly url?: string;
  readonly archive?: string;
}

/** Of so many, all are in memory at once. */
const MAX_LINES = 100_000;
const MAX_CONTEXT = 1_000;
const lineCount = wholeNumber(1, MAX_LINES, ', or all');

/** The options that say of which time entries are meant. */
export interface TimeOptions {
  readonly since?: string;
  readonly until?: string;
  readonly tz?: string;
}

/** Adds those. */
export function timeOptions(command: Command): void {
  command
    .option(
      '--since <time>',
      'from this time on: 1h (ago), 14:00, yesterday, 2026-11-25, 2026-11-25T14:00:05Z',
    )
    .option('--until <time>', 'up to where the minute or day begins, or with the second')
    .option('--tz <zone>', 'the zone that times are read and shown in, such as UTC (default: the machine’s)');
}

/** Adds the option that says who is asked. */
export function urlOption(command: Command): void {
  command.option('--url <url>', 'ask the `lms serve` there, instead of the database');
}

/** Adds the options that say which entries are meant. */
export function questionOptions(command: Command): void {
  timeOptions(command);
  urlOption(command);
  command.addOption(
    new Option(
      '--archive <place>',
      'read an archive where it is, a directory or gs://bucket/prefix, instead of the database',
    ).conflicts(['url']),
  );
  command.addOption(
    new Option('--around <time>', 'half of the lines before this time, half after it').conflicts([
      'since',
      'until',
    ]),
  );
}

/** What says how lines are shown, and goes with nothing else. */
const OF_LISTS = ['reverse', 'csv', 'raw', 'fields', 'context', 'around'];

const OF_LINES = [...OF_LISTS, 'lines', 'wrap'];

/** Adds the options that count instead of listing. */
export function countOptions(command: Command): void {
  command
    .addOption(new Option('--histogram', 'bars over time').conflicts(['count', 'values', ...OF_LINES]))
    .option('--by <field>', 'with --histogram: told apart by severity, service or a tag')
    .addOption(new Option('--count', 'how many match').conflicts(['histogram', 'values', ...OF_LINES]))
    .addOption(
      new Option(
        '--values <field>',
        'the values of service, severity or a tag, most frequent first; of `tags`, the names of tags',
      ).conflicts(['histogram', 'count', ...OF_LISTS]),
    );
}

/** What is no list of lines that another goes on with. */
const OF_OTHERS = ['around', 'context', 'histogram', 'count', 'values'];

/** Adds the options that page through what matches. */
export function cursorOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--cursor <text>',
        'go on behind the lines after which --show-cursor printed this, with the same question',
      ).conflicts(OF_OTHERS),
    )
    .addOption(
      new Option('--show-cursor', 'say on standard error how to go on: by --cursor').conflicts(OF_OTHERS),
    );
}

/** Adds the options that say what is shown of them. */
export function listOptions(command: Command): void {
  command
    .option('-n, --lines <count>', 'how many lines, the newest; or all (default: 100)', readLines)
    .option('--reverse', 'newest first')
    .addOption(
      new Option('-C, --context <count>', 'so many lines before and after each, which has a > before it')
        .argParser(wholeNumber(1, MAX_CONTEXT))
        .conflicts(['reverse']),
    )
    .option('--same-service', 'with --context: lines of its service alone');
  formatOptions(command);
  command
    .option('--no-pager', 'print to the terminal directly', true)
    .option('--explain', 'say on standard error how the rows were reached, and how many were read');
}

/** Adds the options that say how a line is written. */
export function formatOptions(command: Command): void {
  command
    .addOption(new Option('--json', 'one JSON object a line').conflicts(['csv', 'raw']))
    .addOption(new Option('--csv', 'comma-separated values with a header').conflicts(['raw']))
    .option('--raw', 'the text alone')
    .option(
      '--fields <names>',
      'only these, as in time,severity,tags.user (with tabs, --json or --csv)',
      readFields,
    )
    .option(
      '--spreadsheet',
      'with --csv: put an apostrophe before what a spreadsheet would take for a formula',
    )
    .option('--wrap', 'fold long lines instead of cutting them at the width of the terminal')
    .addOption(new Option('--color <when>', 'colours').choices(COLOR_CHOICES).default('auto'));
}

function readLines(text: string): number {
  return text === 'all' ? Infinity : lineCount(text);
}

function readFields(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It should be names with commas between them.');
  return [...before, ...names];
}
