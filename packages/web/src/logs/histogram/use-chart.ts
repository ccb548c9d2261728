import { effect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { loadPart } from '../../api/parts.ts';
import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import type { Chart, ChartEvents } from './chart.ts';
import { selection } from './selection.ts';

/** A chart of a histogram in an element. What draws it is large, and comes behind the first lines. */
export function useChart(
  place: RefObject<HTMLElement | null>,
  histogram: Histogram,
  events: ChartEvents,
): void {
  const chart = useRef<Chart | null>(null);
  const shown = useRef(histogram);
  shown.current = histogram;
  useEffect(() => {
    const left = new AbortController();
    void loadPart(() => import('./chart.ts')).then(({ openChart }) => {
      if (place.current === null || left.signal.aborted) return;
      const opened = (chart.current = openChart(place.current, events));
      opened.show(shown.current, address.peek().tz);
      const stopSelecting = effect(() => opened.select(selection.value));
      left.signal.addEventListener('abort', () => {
        stopSelecting();
        opened.close();
      });
    });
    return () => left.abort();
  }, []);
  useEffect(() => {
    selection.value = undefined;
  }, [histogram.range.from, histogram.width?.unit, histogram.width?.count]);
  useEffect(() => chart.current?.show(histogram, address.peek().tz), [histogram]);
}
