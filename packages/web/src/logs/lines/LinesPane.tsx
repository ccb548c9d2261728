import { entries, linesPane, loadLines, missingEntry } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import { lazily } from '../../ui/lazily.tsx';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { LinesHead } from './LinesHead.tsx';
import { LinesList } from './LinesList.tsx';
import { LinesNotice } from './LinesNotice.tsx';
import styles from './LinesPane.module.css';

import '../../state/title.ts';

const MissingEntry = lazily(async () => (await import('./MissingEntry.tsx')).MissingEntry, null);
const NoLines = lazily(async () => (await import('./NoLines.tsx')).NoLines, null);

/** The lines. */
export function LinesPane() {
  const isEmpty = linesPane.value.value !== undefined && entries.value.length === 0;
  return (
    <div class={styles.pane}>
      <PaneFrame pane={linesPane} label={text.lines.label} tryAgain={loadLines}>
        <LinesHead />
        {missingEntry.value !== undefined && <MissingEntry />}
        {isEmpty && <NoLines />}
        <LinesList />
        <LinesNotice />
      </PaneFrame>
    </div>
  );
}
