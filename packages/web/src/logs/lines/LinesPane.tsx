import { entries, linesPane, loadLines } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import { PaneFrame } from '../../ui/PaneFrame.tsx';
import { LinesHead } from './LinesHead.tsx';
import { LinesList } from './LinesList.tsx';
import { LinesNotice } from './LinesNotice.tsx';
import styles from './LinesPane.module.css';
import { MissingEntry } from './MissingEntry.tsx';
import { NoLines } from './NoLines.tsx';

import '../../state/title.ts';

/** The lines. */
export function LinesPane() {
  const isEmpty = linesPane.value.value !== undefined && entries.value.length === 0;
  return (
    <div class={styles.pane}>
      <PaneFrame pane={linesPane} label={text.lines.label} tryAgain={loadLines}>
        <LinesHead />
        <MissingEntry />
        {isEmpty && <NoLines />}
        <LinesList />
        <LinesNotice />
      </PaneFrame>
    </div>
  );
}
