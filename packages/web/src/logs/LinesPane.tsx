import { address, go } from '../state/address.ts';
import { entries, linesPane, loadLines } from '../state/lines.ts';
import { PaneFrame } from '../ui/PaneFrame.tsx';
import { EntryDetails } from './EntryDetails.tsx';

/** The lines. */
export function LinesPane() {
  return (
    <PaneFrame pane={linesPane} label="Lines" tryAgain={loadLines}>
      <ol id="lines">
        {entries.value.map((entry) => (
          <li key={entry.id}>
            <button type="button" onClick={() => go({ entry: entry.id })}>
              {entry.timestamp} {entry.payload}
            </button>
            {address.value.entry === entry.id && <EntryDetails entry={entry} />}
          </li>
        ))}
      </ol>
    </PaneFrame>
  );
}
