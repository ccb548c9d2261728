import { visible } from '../../text/visible.ts';
import { count } from './numbers.ts';

/** What stands in a cell. Numbers are aligned to the right, with separators between thousands. */
export type Cell = string | number | bigint;

/** Rows as aligned columns of plain text, two spaces apart, under a line of headings; ends with a newline. */
export function formatTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(cellText));
  const columns = headings.map((_heading, index) => ({
    width: Math.max(...lines.map((line) => characters(line[index] ?? ''))),
    toRight: rows.length > 0 && rows.every((row) => typeof row[index] !== 'string'),
  }));
  const format = (line: readonly string[]): string => {
    const cells = columns.map(({ width, toRight }, index) => {
      const text = line[index] ?? '';
      const padding = ' '.repeat(width - characters(text));
      return toRight ? padding + text : text + padding;
    });
    return `${cells.join('  ').trimEnd()}\n`;
  };
  return lines.map(format).join('');
}

const CHARACTERS = new Intl.Segmenter('en');

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return count(cell);
  // A service may be named anything.
  return visible(cell);
}

function characters(text: string): number {
  return [...CHARACTERS.segment(text)].length;
}
