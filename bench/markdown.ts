/**
 * Rows, the first of which is the head, as a Markdown table whose columns line up in the source: texts in the
 * first on the left, numbers on the right.
 */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const [head = [], ...rows] = lines;
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const shown = head.map((_, column) => rows.some((cells) => cells[column] !== ''));
  const text = (cells: readonly string[], fill = ' ') =>
    `| ${cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0, fill) : cell.padStart(widths[column] ?? 0, fill),
      )
      .filter((_, column) => shown[column])
      .join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '-' : '-:'));
  const ruled = text(rule.map((mark, column) => mark.padStart(widths[column] ?? 0, '-')));
  return [text(head), ruled, ...rows.map((cells) => text(cells))].join('\n');
}

/** A number with commas between the thousands; nothing if there is none. */
export function numberText(value: number | undefined, digits: number): string {
  if (value === undefined) return '';
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
