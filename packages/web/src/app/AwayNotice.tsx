import { isServerAway } from '../api/reach.ts';
import { text } from '../text.ts';
import styles from './AwayNotice.module.css';

/** Says that the server does not answer, for as long as it does not. */
export function AwayNotice() {
  return (
    <p class={styles.notice} role="status">
      {isServerAway.value && text.app.away}
    </p>
  );
}
