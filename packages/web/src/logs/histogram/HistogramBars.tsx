import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { rangeOf } from './bars.ts';
import { BarTooltip } from './BarTooltip.tsx';
import { type Chart, openChart } from './chart.ts';
import styles from './HistogramBars.module.css';
import { movedBy, selection } from './selection.ts';
import { zoomOut, zoomTo } from './zoom.ts';

/** The bars: dragged over to zoom, double-clicked to undo that, and gone through with arrow keys. */
export function HistogramBars({ histogram }: { readonly histogram: Histogram }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  useEffect(() => {
    if (place.current === null) return;
    const opened = (chart.current = openChart(place.current, { zoom, zoomOut }));
    const stopShowing = effect(() => opened.select(selection.value));
    return () => {
      stopShowing();
      opened.close();
    };
  }, []);
  useEffect(() => {
    selection.value = undefined;
  }, [histogram.range.from, histogram.width]);
  useEffect(() => chart.current?.show(histogram, address.peek().tz), [histogram]);

  function zoom(one: number, other: number): void {
    const range = rangeOf(chart.current?.buckets() ?? [], one, other);
    if (range !== undefined) zoomTo(range);
  }

  return (
    <div
      class={styles.bars}
      role="application"
      tabIndex={0}
      aria-label={`${text.histogram.label}. ${text.histogram.hint}`}
      onKeyDown={(event) => pressed(event, histogram.buckets.length, zoom)}
      onBlur={() => (selection.value = undefined)}
    >
      <div ref={place} />
      <BarTooltip histogram={histogram} />
    </div>
  );
}

function pressed(event: KeyboardEvent, count: number, zoom: (one: number, other: number) => void): void {
  const current = selection.peek();
  const moved = movedBy(event.key, { current, count, isSelecting: event.shiftKey });
  if (moved !== undefined) selection.value = moved;
  else if (event.key === 'Enter' && current !== undefined) zoom(current.from, current.at);
  else if (event.key === 'Escape' && current !== undefined) selection.value = undefined;
  else if (event.key !== 'Backspace' || !zoomOut()) return;
  event.preventDefault();
  event.stopPropagation();
}
