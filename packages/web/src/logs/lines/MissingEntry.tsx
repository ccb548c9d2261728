import { closeLine } from '../../state/lines/focus.ts';
import { entries, forgetMissing } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './Notes.module.css';

/** Says that the link leads to no line. */
export function MissingEntry() {
  return (
    <p class={styles.note} role="alert">
      <span>
        {text.lines.missing} {entries.value.length > 0 && text.lines.missingAround}
      </span>
      <Button onClick={dismiss}>{text.lines.dismiss}</Button>
    </p>
  );
}

function dismiss(): void {
  forgetMissing();
  closeLine();
}
