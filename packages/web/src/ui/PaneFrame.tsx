import type { ComponentChildren } from 'preact';
import type { Pane } from '../state/pane.ts';
import { text } from '../text.ts';
import styles from './PaneFrame.module.css';

/** What a pane shows, with its own loading, problem and staleness. */
export function PaneFrame({
  pane,
  label,
  tryAgain,
  children,
}: {
  readonly pane: Omit<Pane<unknown>, 'load'>;
  readonly label: string;
  readonly tryAgain: () => void;
  readonly children: ComponentChildren;
}) {
  const { value, isLoading, problem, isStale } = pane;
  const failed = problem.value;
  return (
    <section class={styles.frame} aria-label={label} aria-busy={isLoading.value} data-stale={isStale.value}>
      {isLoading.value && <div class={styles.loading} />}
      {failed !== undefined && (
        <p class={styles.problem} role="alert">
          {failed.mistake === undefined ? failed.detail : text.pane.mistake}{' '}
          {isStale.value && text.pane.stale}
          {failed.mistake === undefined && (
            <button type="button" class={styles.again} onClick={() => tryAgain()}>
              {text.pane.tryAgain}
            </button>
          )}
        </p>
      )}
      {value.value === undefined && isLoading.value && <p class={styles.first}>{text.pane.loading}</p>}
      {children}
    </section>
  );
}
