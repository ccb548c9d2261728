import { shownBucket } from '../../export/buckets.ts';
import { isSeverity, type Severity } from '../../logs/severity.ts';
import { type GroupBy, NONE } from '../../query/answers/group-by.ts';
import type { Histogram } from '../../query/answers/histogram.ts';
import { type CountedBucket, OTHER } from '../../query/answers/tally.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';
import { visible } from '../../text/visible.ts';
import { columnsOf, cutToColumns } from '../../text/width.ts';
import { count } from './numbers.ts';
import type { Paint, Style } from './style.ts';

/** Where bars are shown, and how. */
export interface BarsStyle {
  /** Width of the terminal; undefined: no terminal. */
  readonly columns: number | undefined;
  readonly paint: Paint;
  readonly clock: ZoneClock;
}

const GAP = '  ';
const USUAL_COLUMNS = 100;
const LEAST_BAR = 10;
/** The values of a field are headings. */
const MAX_HEADING = 16;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const STYLES: readonly Style[] = ['cyan', 'green', 'magenta', 'blue', 'yellow', 'red'];
const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  debug: 'dim',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
  fatal: 'bold red',
};

/** A value that is told apart, and how it is shown. */
interface Column {
  readonly value: string;
  readonly heading: string;
  readonly style: Style;
}

/** What is shown of a histogram, but for the bars. */
interface Table {
  readonly buckets: readonly CountedBucket[];
  readonly columns: readonly Column[];
  readonly headings: readonly string[];
  /** Of each bucket how many, and how many of each value. */
  readonly cells: readonly (readonly string[])[];
  readonly widths: readonly number[];
}

/**
 * A line for each bucket, oldest first: its start, how many, of each value how many, and a bar. `+`: at least
 * so many. Values for which a terminal has no room are among the others.
 */
export function histogramText(histogram: Histogram, by: GroupBy, style: BarsStyle): string {
  const times = timeTexts(histogram, style.clock);
  const timeColumns = Math.max(...times.map((time) => time.length));
  const room = (style.columns ?? USUAL_COLUMNS) - timeColumns - GAP.length;
  const table = style.columns === undefined ? tableOf(histogram, by) : fittingTable(histogram, by, room);
  const { buckets, columns, headings, cells, widths } = table;
  const bars = barsOf(buckets, columns, {
    paint: style.paint,
    room: Math.max(LEAST_BAR, room - widthOf(table)),
  });
  const line = (time: string, row: readonly string[], end: string) =>
    `${[time.padEnd(timeColumns), ...row, end].join(GAP).trimEnd()}\n`;
  const aligned = (row: readonly string[]) => row.map((cell, index) => toRight(cell, widths[index] ?? 0));
  const painted = (cell: string, index: number) => {
    const column = columns[index - 1];
    return column === undefined ? cell : style.paint(column.style, cell);
  };
  const header = columns.length === 0 ? '' : line('', aligned(headings).map(painted), '');
  return (
    header + times.map((time, index) => line(time, aligned(cells[index] ?? []), bars[index] ?? '')).join('')
  );
}

/** The table with as many values as a terminal has room for beside a bar; severities are few, and all there. */
function fittingTable(histogram: Histogram, by: GroupBy, room: number): Table {
  const { length } = histogram.values;
  const least = by.kind === 'severity' ? length : Math.min(1, length);
  for (let most = length; most > least; most -= 1) {
    const table = tableOf(withValues(histogram, most), by);
    if (widthOf(table) + LEAST_BAR <= room) return table;
  }
  return tableOf(withValues(histogram, least), by);
}

function tableOf(histogram: Histogram, by: GroupBy): Table {
  const { buckets } = histogram;
  const columns = columnsFor(histogram, by);
  const cells = buckets.map((bucket) => [
    totalText(bucket),
    ...columns.map(({ value }) => count(bucket.counts.get(value) ?? 0)),
  ]);
  const headings = ['count', ...columns.map(({ heading }) => heading)];
  const widths = headings.map((heading, index) =>
    Math.max(columnsOf(heading), ...cells.map((row) => (row[index] ?? '').length)),
  );
  return { buckets, columns, headings, cells, widths };
}

function widthOf({ widths }: Table): number {
  return widths.reduce((sum, width) => sum + width + GAP.length, 0);
}

/** The histogram with the most frequent values alone told apart. */
function withValues(histogram: Histogram, most: number): Histogram {
  const values = histogram.values.slice(0, most);
  const told = new Set(values);
  const buckets = histogram.buckets.map((bucket) => {
    const counts = new Map<string, number>();
    for (const [value, each] of bucket.counts) {
      const shown = told.has(value) ? value : OTHER;
      counts.set(shown, (counts.get(shown) ?? 0) + each);
    }
    return { ...bucket, counts };
  });
  return { ...histogram, values, buckets };
}

/** A line for each bucket, for programs. */
export function histogramJson({ buckets }: Histogram, by: GroupBy): string {
  return buckets.map((bucket) => `${JSON.stringify(shownBucket(bucket, by))}\n`).join('');
}

function columnsFor({ values, buckets }: Histogram, by: GroupBy): Column[] {
  if (by.kind === 'nothing') return [];
  const hasOther = buckets.some(({ counts }) => counts.has(OTHER));
  return [...values, ...(hasOther ? [OTHER] : [])].map((value, index) => ({
    value,
    heading: headingOf(value),
    style: styleOf(value, index, by),
  }));
}

function styleOf(value: string, index: number, by: GroupBy): Style {
  if (by.kind === 'severity' && isSeverity(value)) return SEVERITY_STYLES[value];
  return STYLES[index % STYLES.length] ?? 'cyan';
}

function headingOf(value: string): string {
  if (value === OTHER) return '(other)';
  if (value === NONE) return '(none)';
  return cutToColumns(visible(value === '' ? '""' : value), MAX_HEADING);
}

function toRight(text: string, columns: number): string {
  return ' '.repeat(columns - columnsOf(text)) + text;
}

function total({ counts }: CountedBucket): number {
  return [...counts.values()].reduce((sum, each) => sum + each, 0);
}

function totalText(bucket: CountedBucket): string {
  return `${count(total(bucket))}${bucket.isExact ? '' : '+'}`;
}

/** Starts of buckets, as exact as their width; with the offset where the clock is changed between them. */
function timeTexts({ buckets, width }: Histogram, clock: ZoneClock): string[] {
  const digits = { second: 19, minute: 16, hour: 16, day: 10, week: 10, month: 10, year: 10 }[width.unit];
  const times = buckets.map(({ from }) => clock.at(from));
  const isChanged = new Set(times.map(({ offset }) => offset)).size > 1 && digits > 10;
  return times.map(({ local, offset }) => local.slice(0, digits) + (isChanged ? offset : ''));
}

/** Bars of which the longest takes all of the room. */
function barsOf(
  buckets: readonly CountedBucket[],
  columns: readonly Column[],
  { paint, room }: { readonly paint: Paint; readonly room: number },
): string[] {
  const most = Math.max(1, ...buckets.map(total));
  return buckets.map((bucket) => {
    const length = (total(bucket) / most) * room;
    if (columns.length === 0) return paint('cyan', barOf(length));
    return stackOf(bucket, columns, Math.round(length), paint);
  });
}

/** At least a mark for what is there at all. */
function barOf(length: number): string {
  const eighths = Math.round(length * 8);
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return bar === '' && length > 0 ? '▏' : bar;
}

/** A bar in parts, each as long as its share: where each ends is rounded, so that all of them are the bar. */
function stackOf(
  { counts }: CountedBucket,
  columns: readonly Column[],
  length: number,
  paint: Paint,
): string {
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  let sum = 0;
  let end = 0;
  return columns
    .map(({ value, style }) => {
      sum += counts.get(value) ?? 0;
      const start = end;
      end = all === 0 ? 0 : Math.round((sum / all) * length);
      return paint(style, '█'.repeat(end - start));
    })
    .join('');
}
