import { visible } from '../../text/visible.ts';
import { columnsOf } from '../../text/width.ts';
import { count } from './numbers.ts';

/** What stands in a cell. Numbers are aligned to the right, with separators between thousands. */
export type Cell = string | number | bigint;

/** Where a table is shown. */
export interface TableRoom {
  /** Width of the terminal; undefined: not a terminal, lines may be of any length. */
  readonly columns: number | undefined;
}

/** The last column is folded into no less than this; where less is left, it goes below the others. */
const LEAST_FOLD = 30;
const GAP = '  ';
const INDENT = '    ';

/**
 * Rows as aligned columns of plain text, two spaces apart, under a line of headings; ends with a newline.
 * Where that is wider than the terminal, the last column is folded between words.
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  { columns }: TableRoom = { columns: undefined },
): string {
  const lines = [headings, ...rows].map((row) =>
    headings.map((_heading, index) => cellText(row[index] ?? '')),
  );
  const widths = headings.map((_heading, index) =>
    lines.reduce((width, line) => Math.max(width, columnsOf(line[index] ?? '')), 0),
  );
  const toRight = headings.map(
    (_heading, index) => rows.length > 0 && rows.every((row) => typeof row[index] !== 'string'),
  );
  const aligned = (text: string, index: number) => {
    const padding = ' '.repeat((widths[index] ?? 0) - columnsOf(text));
    return toRight[index] ? padding + text : text + padding;
  };
  const before = sum(widths.slice(0, -1)) + GAP.length * (headings.length - 1);
  const isWide = columns !== undefined && before + (widths.at(-1) ?? 0) > columns;
  const layout = isWide ? foldInto(columns, before) : joined;
  return lines.map((line) => layout(line.map(aligned))).join('');
}

function joined(cells: readonly string[]): string {
  return `${cells.join(GAP).trimEnd()}\n`;
}

/** Lays out a line whose last cell begins at the column `before` and has to end before `columns`. */
function foldInto(columns: number, before: number): (cells: readonly string[]) => string {
  const hasRoom = columns - before >= LEAST_FOLD;
  const room = hasRoom ? columns - before : columns - INDENT.length;
  const next = hasRoom ? ' '.repeat(before) : INDENT;
  return (cells) => {
    const folded = fold((cells.at(-1) ?? '').trimEnd(), room);
    const first = hasRoom ? [...cells.slice(0, -1), folded.shift() ?? ''] : cells.slice(0, -1);
    return joined(first) + folded.map((text) => `${next}${text}\n`).join('');
  };
}

/** Lines of at most `room` columns, cut between words; a longer word has a line of its own. */
function fold(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(word) <= room) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return count(cell);
  // A service may be named anything.
  return visible(cell);
}
