import { effect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { address } from '../../state/address.ts';
import type { Histogram } from '../../state/histogram.ts';
import { type Chart, type ChartEvents, openChart } from './chart.ts';
import { selection } from './selection.ts';

/** A chart of a histogram in an element. */
export function useChart(
  place: RefObject<HTMLElement | null>,
  histogram: Histogram,
  events: ChartEvents,
): void {
  const chart = useRef<Chart | null>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const opened = (chart.current = openChart(place.current, events));
    const stopSelecting = effect(() => opened.select(selection.value));
    return () => {
      stopSelecting();
      opened.close();
    };
  }, []);
  useEffect(() => {
    selection.value = undefined;
  }, [histogram.range.from, histogram.width?.unit, histogram.width?.count]);
  useEffect(() => chart.current?.show(histogram, address.peek().tz), [histogram]);
}
