import { effect } from '@preact/signals';
import { entries } from './lines/lines.ts';
import { run } from './run.ts';
import { throttled } from './throttled.ts';
import { titleOf } from './title-text.ts';

const INTERVAL_MS = 1_000;

const errors = throttled(
  () => entries.value,
  () => entries.peek().filter(({ severity }) => severity === 'error' || severity === 'fatal').length,
  INTERVAL_MS,
);

effect(() => {
  document.title = titleOf(run.value.q, errors.value);
});
