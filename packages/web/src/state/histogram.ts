import { computed, effect } from '@preact/signals';
import type { Answer } from '../../../client/src/types.ts';
import { client } from '../api/api.ts';
import { address } from './address.ts';
import { createPane } from './pane.ts';
import { run } from './run.ts';

/** How many lines there are over time, by severity. */
export type Histogram = Answer<'histogram'>;

/** As many bars as can be told apart on a phone, and look dense enough on a wide screen. */
const BUCKETS = 90;
/** How often it is asked again while lines come. */
const REFRESH_MS = 5_000;

export const histogram = createPane<Histogram>();

/** Asks for the histogram of the question. */
export function loadHistogram(how: 'anew' | 'refresh' = 'anew'): void {
  const { q, tz, since, until } = run.peek();
  const question = { q, tz, since, until, by: 'severity', buckets: BUCKETS };
  void histogram.load((signal) => client.histogram(question, { signal }), how);
}

/** Whether lines come: live may be switched on and off without another question. */
const isGrowing = computed(() => address.value.isLive && run.value.until === undefined);

effect(() => {
  if (run.value.number > 0) loadHistogram();
});
effect(() => {
  if (!isGrowing.value) return undefined;
  const timer = setInterval(() => {
    // What is asked takes as long as it takes, and nobody looks at a hidden page.
    if (document.visibilityState === 'visible' && !histogram.isAsked.peek()) loadHistogram('refresh');
  }, REFRESH_MS);
  return () => clearInterval(timer);
});
