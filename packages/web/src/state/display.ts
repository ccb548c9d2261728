import { computed } from '@preact/signals';
import { keptText } from './kept.ts';
import { loadedWhen } from './loaded.ts';
import { run } from './run.ts';

const reading = loadedWhen(
  () => run.value.q !== '',
  () => import('./question/searched-texts.ts'),
);

/** Where texts have what is asked for; undefined: nothing is to be marked. */
export const marks = computed(() => {
  const searched = reading.value?.searchedTexts(run.value.q) ?? [];
  return searched.length === 0 ? undefined : reading.value?.marksIn(searched);
});

/** Whether texts of opened lines are wrapped: `1` or `0`. */
export const payloadWrap = keptText('lms-payload-wrap', '1');

/** Where traces are shown: an address with names of tags in braces; empty: nowhere. */
export const traceTemplate = keptText('lms-trace-link', '');
