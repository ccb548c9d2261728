import { computed } from '@preact/signals';
import { keptText } from './kept.ts';
import { marksIn, searchedTexts } from './question/searched-texts.ts';
import { run } from './run.ts';

/** Where texts have what is asked for; undefined: nothing is to be marked. */
export const marks = computed(() => {
  const searched = searchedTexts(run.value.q);
  return searched.length === 0 ? undefined : marksIn(searched);
});

/** Whether texts of opened lines are wrapped: `1` or `0`. */
export const payloadWrap = keptText('lms-payload-wrap', '1');

/** Where traces are shown: an address with names of tags in braces; empty: nowhere. */
export const traceTemplate = keptText('lms-trace-link', '');
