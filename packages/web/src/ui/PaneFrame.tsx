import { useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { isNoAnswer, isServerAway } from '../api/reach.ts';
import type { Pane } from '../state/pane.ts';
import { text } from '../text.ts';
import styles from './PaneFrame.module.css';

/**
 * What a pane shows, with its own loading, problem and staleness. What failed for want of a server is asked again
 * once that is back.
 */
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
  useSignalEffect(() => {
    if (!isServerAway.value && isNoAnswer(problem.peek()?.status ?? 200)) tryAgain();
  });
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
