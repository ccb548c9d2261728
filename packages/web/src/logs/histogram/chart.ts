import UPlot from 'uplot';
import type { Histogram } from '../../state/histogram.ts';
import { type Bucket, labelPlaces, SEVERITIES, stackedHeights } from './bars.ts';
import { axisLabels, shownCount } from './labels.ts';
import { type Selection, selection } from './selection.ts';

import './chart.css';

/** A chart of bars in an element. */
export interface Chart {
  readonly show: (histogram: Histogram, timeZone: string) => void;
  /** Marks the bars that are selected. */
  readonly select: (selected: Selection | undefined) => void;
  readonly close: () => void;
}

/** What a reader does to a chart: bars are named by their places. */
export interface ChartEvents {
  readonly zoom: (one: number, other: number) => void;
  readonly zoomOut: () => void;
}

/** What stands under the bars at these places. */
type LabelsOf = (places: readonly number[]) => readonly string[];

const HEIGHT = 100;
/** The least that is seen of a part of a bar, in pixels of the chart's height. */
const LEAST_PIXELS = 2;
const LABEL_PIXELS = 110;
const Y_AXIS_PIXELS = 56;
/** Shorter drags are clicks. */
const LEAST_DRAG_PIXELS = 4;

const NOTHING = { left: 0, top: 0, width: 0, height: 0 };
/** Charts in which keys have selected something. */
const marked = new WeakSet<UPlot>();

const probe = document.createElement('span');
probe.hidden = true;

export function openChart(place: HTMLElement, events: ChartEvents): Chart {
  let buckets: readonly Bucket[] = [];
  let labels = (times: readonly string[]): readonly string[] => times;
  const plot = new UPlot(
    optionsOf(
      {
        width: place.clientWidth,
        labelsOf: (indexes) => labels(indexes.map((index) => buckets[index]?.from ?? '')),
      },
      events,
    ),
    [[], ...SEVERITIES.map(() => [])],
    place,
  );
  const sizes = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  sizes.observe(place);
  const schemes = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot.redraw(false);
  schemes.addEventListener('change', redraw);
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return {
    show(histogram, timeZone) {
      ({ buckets } = histogram);
      labels = (times) => axisLabels(histogram.width?.unit ?? 'second', timeZone, times);
      const heights = stackedHeights(buckets, LEAST_PIXELS / HEIGHT);
      // The highest is drawn first, and the others over it.
      plot.setData([buckets.map((_, index) => index), ...heights.toReversed()]);
    },
    select: (selected) => mark(plot, selected),
    close() {
      sizes.disconnect();
      themes.disconnect();
      schemes.removeEventListener('change', redraw);
      plot.destroy();
    },
  };
}

function optionsOf(
  { width, labelsOf }: { readonly width: number; readonly labelsOf: LabelsOf },
  events: ChartEvents,
): UPlot.Options {
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [6, 0, 0, 0],
    scales: {
      x: { time: false, range: (plot) => [-0.5, Math.max(1, plot.data[0].length) - 0.5] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high)] },
    },
    axes: axesOf(labelsOf),
    series: seriesOfSeverities(),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          events.zoomOut();
          return null;
        },
      },
    },
    hooks: {
      setCursor: [({ cursor: { idx } }) => point(idx)],
      setSelect: [(plot) => dragged(plot, events)],
    },
  };
}

function axesOf(labelsOf: LabelsOf): UPlot.Axis[] {
  return [
    {
      ...axis(),
      size: 24,
      splits: (plot) =>
        labelPlaces(plot.data[0].length, plot.width / LABEL_PIXELS).filter(
          (place) => plot.valToPos(place, 'x') + LABEL_PIXELS / 4 < plot.width - Y_AXIS_PIXELS,
        ),
      values: (_plot, places) => [...labelsOf(places)],
    },
    {
      ...axis(),
      size: Y_AXIS_PIXELS,
      splits: (plot) => [0, plot.scales.y?.max ?? 1],
      values: (_plot, values) => values.map((value) => shownCount(Math.round(value))),
    },
  ];
}

function seriesOfSeverities(): UPlot.Series[] {
  const bars = UPlot.paths.bars?.({ size: [0.9, 40], align: 0 });
  const series = SEVERITIES.toReversed().map((severity): UPlot.Series => {
    const fill = () => token(`--${severity}`);
    return { fill, width: 0, points: { show: false }, ...(bars && { paths: bars }) };
  });
  return [{}, ...series];
}

function axis(): UPlot.Axis {
  return {
    stroke: () => token('--ink-2'),
    grid: { show: true, stroke: () => token('--ground-3'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
}

/** The pointer tells of a bar as keys do. */
function point(index: number | null | undefined): void {
  selection.value = index === null || index === undefined ? undefined : { at: index, from: index };
}

/** At the end of a drag. */
function dragged(plot: UPlot, { zoom }: ChartEvents): void {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG_PIXELS) return;
  const placeAt = (pixel: number) => Math.round(plot.posToVal(pixel, 'x'));
  plot.setSelect(NOTHING, false);
  zoom(placeAt(left), placeAt(left + width - 1));
}

/** Marks what keys select, and nothing while the pointer does: that is marked by the chart itself. */
function mark(plot: UPlot, selected: Selection | undefined): void {
  const isStretch = selected !== undefined && selected.at !== selected.from;
  if (!isStretch) {
    if (marked.delete(plot)) plot.setSelect(NOTHING, false);
    return;
  }
  marked.add(plot);
  const left = plot.valToPos(Math.min(selected.at, selected.from) - 0.5, 'x');
  const right = plot.valToPos(Math.max(selected.at, selected.from) + 0.5, 'x');
  plot.setSelect({ left, top: 0, width: right - left, height: plot.over.clientHeight }, false);
}

/** A colour of the theme as a canvas takes it: one that depends on the theme is computed for elements alone. */
function token(name: string): string {
  probe.style.color = `var(${name})`;
  if (!probe.isConnected) document.body.append(probe);
  return getComputedStyle(probe).color;
}
