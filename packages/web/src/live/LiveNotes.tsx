import { run, runAgain } from '../state/run.ts';
import { clockTime } from '../state/zone-time.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { clearLiveNotes, hasMissedTooMuch, liveNotes } from './live-state.ts';
import styles from './LiveNotes.module.css';
import type { ShownNote } from './notes.ts';

/** More lines about what was missing would hide the lines themselves. */
const MAX_SHOWN = 3;

/** What is said of times of which something was missing. */
export function LiveNotes() {
  const shown = liveNotes.value.slice(-MAX_SHOWN);
  return (
    <ul class={styles.notes}>
      {hasMissedTooMuch.value && (
        <li class={styles.note} data-state="incomplete">
          <span class={styles.text}>{text.live.tooMuch}</span>
          <Button onClick={runAgain}>{text.live.showNewest}</Button>
        </li>
      )}
      {shown.map((note) => (
        <li key={`${note.state} ${note.from} ${note.to}`} class={styles.note} data-state={note.state}>
          <span class={styles.text}>{said(note, run.value.tz)}</span>
          {note.state === 'incomplete' && (
            <Button isQuiet onClick={clearLiveNotes}>
              {text.live.dismiss}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function said({ state, skipped, found, ...range }: ShownNote, zone: string): string {
  const [from, to] = [range.from, range.to].map((time) => clockTime(time, zone).slice(0, 8));
  if (from === undefined || to === undefined) return '';
  if (state === 'filled') return text.live.filled(found, from, to);
  if (state === 'incomplete') return text.live.incomplete(from, to);
  return skipped > 0 ? text.live.skipped(skipped, from, to) : text.live.missing(from, to);
}
