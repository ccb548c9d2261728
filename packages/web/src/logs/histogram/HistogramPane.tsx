import { histogram, loadHistogram } from '../../state/histogram.ts';
import { text } from '../../text.ts';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { HistogramBars } from './HistogramBars.tsx';
import styles from './HistogramPane.module.css';
import { HistogramSummary } from './HistogramSummary.tsx';
import { HistogramTable } from './HistogramTable.tsx';

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
