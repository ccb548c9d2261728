import { useRef } from 'preact/hooks';
import { type Histogram, histogram as pane } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { rangeOf } from './bars.ts';
import { BarTooltip } from './BarTooltip.tsx';
import styles from './HistogramBars.module.css';
import { movedBy, selection } from './selection.ts';
import { useChart } from './use-chart.ts';
import { zoomOut, zoomTo } from './zoom.ts';

/** The bars: dragged over to zoom, double-clicked to undo that, and gone through with arrow keys. */
export function HistogramBars({ histogram }: { readonly histogram: Histogram }) {
  const place = useRef<HTMLDivElement>(null);
  useChart(place, histogram, { zoom, zoomOut });
  return (
    <div
      class={styles.bars}
      role="application"
      tabIndex={0}
      aria-label={`${text.histogram.label}. ${text.histogram.hint}`}
      onKeyDown={pressed}
      onBlur={() => (selection.value = undefined)}
    >
      <div ref={place} />
      <BarTooltip histogram={histogram} />
    </div>
  );
}

/** To the times of the bars from one place to another. */
function zoom(one: number, other: number): void {
  const range = rangeOf(pane.value.peek()?.buckets ?? [], one, other);
  if (range !== undefined) zoomTo(range);
}

function pressed(event: KeyboardEvent): void {
  const current = selection.peek();
  const count = pane.value.peek()?.buckets.length ?? 0;
  const moved = movedBy(event.key, { current, count, isSelecting: event.shiftKey });
  if (moved !== undefined) selection.value = moved;
  else if (event.key === 'Enter' && current !== undefined) zoom(current.from, current.at);
  else if (event.key === 'Escape' && current !== undefined) selection.value = undefined;
  else if (event.key !== 'Backspace' || !zoomOut()) return;
  event.preventDefault();
  event.stopPropagation();
}
