import { histogram, loadHistogram } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { lazily } from '../../ui/lazily.tsx';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import styles from './HistogramPane.module.css';
import { HistogramSummary } from './HistogramSummary.tsx';
import { HistogramTable } from './HistogramTable.tsx';

/** What draws them is large, and comes behind the first lines. */
const HistogramBars = lazily(async () => (await import('./HistogramBars.tsx')).HistogramBars, null);

/** How many lines there are over time. */
export function HistogramPane() {
  const shown = histogram.value.value;
  return (
    <div class={styles.pane}>
      <PaneFrame pane={histogram} label={text.histogram.label} tryAgain={loadHistogram}>
        {shown !== undefined && (
          <>
            <HistogramSummary histogram={shown} />
            <HistogramBars histogram={shown} />
            <HistogramTable histogram={shown} />
          </>
        )}
      </PaneFrame>
    </div>
  );
}
