import type { Side } from '../../state/lines/edge.ts';
import { edges, entries, linesPane, more } from '../../state/lines/lines.ts';
import type { ListView } from './list-view.ts';

/** So near to an end, in lines, more is read. */
const NEAR = 60;
/** So often it goes on by itself after searches that the server's budget ended; then the reader says so. */
const MOST_PARTIAL = 3;

const partial: Record<Side, number> = { older: 0, newer: 0 };
const lengths: Record<Side, number> = { older: 0, newer: 0 };

/** Reads more where what is in sight comes near to an end. */
export function readMoreNear({ range }: Pick<ListView, 'range'>): void {
  if (linesPane.isLoading.peek() || linesPane.value.peek() === undefined) return;
  const { length } = entries.peek();
  const { startIndex, endIndex } = range ?? { startIndex: 0, endIndex: 0 };
  if (startIndex < NEAR) readMore('older', length);
  if (endIndex >= length - NEAR) readMore('newer', length);
}

/** Goes on because the reader says so. */
export function readOn(side: Side): void {
  partial[side] = 0;
  more(side);
}

function readMore(side: Side, length: number): void {
  const { state } = edges[side].peek();
  if (length !== lengths[side]) {
    lengths[side] = length;
    partial[side] = 0;
  }
  if (state === 'more') more(side);
  else if (state === 'partial' && partial[side] < MOST_PARTIAL) {
    partial[side] += 1;
    more(side);
  }
}
