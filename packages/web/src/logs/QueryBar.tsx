import { text } from '../text.ts';
import { ExpressionBox } from './query/ExpressionBox.tsx';
import { TimePicker } from './query/TimePicker.tsx';
import styles from './QueryBar.module.css';

/** The expression, the times, and what is done with the question. */
export function QueryBar() {
  return (
    <search class={styles.bar} aria-label={text.query.label}>
      <ExpressionBox />
      <TimePicker />
    </search>
  );
}
