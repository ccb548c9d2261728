import type { Lines } from '../../state/lines/line-order.ts';

const LINE_HEIGHT = 18;
const ROW_PADDING = 6;
const ROW_HEIGHT = LINE_HEIGHT + ROW_PADDING;
const NARROW_ROW_HEIGHT = 2 * LINE_HEIGHT + ROW_PADDING;
const NARROW_WIDTH = 640;
const CHARACTER_WIDTH = 7.3;
const META_WIDTH = 150;
const COLUMN_WIDTH = 110;
const MOST_CHARACTERS = 4_000;

/** How high a line will be, until it was measured: of wrapped ones by the length of their text. */
export function estimator(
  lines: Lines,
  { isWrapped, width = 1_000, columns }: { isWrapped: boolean; width: number | undefined; columns: number },
): (index: number) => number {
  const isNarrow = width < NARROW_WIDTH;
  const one = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  if (!isWrapped) return () => one;
  const room = isNarrow ? width - 20 : width - META_WIDTH - columns * COLUMN_WIDTH;
  const perRow = Math.max(10, Math.floor(room / CHARACTER_WIDTH));
  return (index) => {
    const length = Math.min(lines[index]?.payload.length ?? 0, MOST_CHARACTERS);
    return one + LINE_HEIGHT * Math.max(0, Math.ceil(length / perRow) - 1);
  };
}
