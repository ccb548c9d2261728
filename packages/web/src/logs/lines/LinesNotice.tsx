import { effect, signal } from '@preact/signals';
import { newBelow } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import styles from './Notes.module.css';

/** So often, at most, a screen reader is told how many lines came. */
const NOTICE_INTERVAL_MS = 10_000;

const said = signal(0);
let timer: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  if (newBelow.value === 0) said.value = 0;
  else timer ??= setTimeout(say, said.peek() === 0 ? 1_000 : NOTICE_INTERVAL_MS);
});

function say(): void {
  timer = undefined;
  said.value = newBelow.peek();
}

/** Says now and then how many lines wait below, for those who do not see it. */
export function LinesNotice() {
  return (
    <p class={styles.unseen} role="status">
      {said.value > 0 && text.lines.new(said.value)}
    </p>
  );
}
