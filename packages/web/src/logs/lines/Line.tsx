import type { TailEntry } from '../../../../client/src/types.ts';
import { address } from '../../state/address.ts';
import { fieldText } from '../../state/question/fields.ts';
import { clockTime, dayName } from '../../state/zone-time.ts';
import { text } from '../../text.ts';
import { EntryDetails } from '../entry/EntryDetails.tsx';
import styles from './Line.module.css';
import { LineText } from './LineText.tsx';

/** Of a long text, what is shown of it before it is opened. */
const MAX_SHOWN = { wrapped: 4_000, cut: 600 };

/** A line, and all of its entry below it where it is open. It is named by `data-line`, the id of its entry. */
export function Line({
  entry,
  isNewDay,
  isTabStop,
}: {
  readonly entry: TailEntry;
  /** Whether its day is another than that of the line before it. */
  readonly isNewDay: boolean;
  readonly isTabStop: boolean;
}) {
  const { tz, columns, isWrapped, entry: openId } = address.value;
  const isOpen = openId === entry.id;
  const shown = entry.payload.slice(0, isWrapped ? MAX_SHOWN.wrapped : MAX_SHOWN.cut);
  return (
    <>
      {isNewDay && <div class={styles.day}>{dayName(entry.timestamp, tz)}</div>}
      <div
        class={styles.line}
        role="button"
        tabIndex={isTabStop ? 0 : -1}
        aria-expanded={isOpen}
        data-line={entry.id}
        data-severity={entry.severity}
        data-wrapped={isWrapped}
      >
        <Severity severity={entry.severity} />
        <time class={styles.time} dateTime={entry.timestamp} title={entry.timestamp}>
          {clockTime(entry.timestamp, tz)}
        </time>
        {columns.map((name) => (
          <Cell key={name} value={fieldText(entry, name)} />
        ))}
        <span class={styles.text}>
          <LineText payload={shown} isWrapped={isWrapped} />
        </span>
      </div>
      {isOpen && <EntryDetails key={entry.id} entry={entry} />}
    </>
  );
}

/** By its letter and its colour; a screen reader says the word. */
function Severity({ severity }: Pick<TailEntry, 'severity'>) {
  const { [severity]: word } = text.lines.severities;
  return (
    <span class={styles.severity} role="img" aria-label={word} title={word}>
      {severity.slice(0, 1).toUpperCase()}
    </span>
  );
}

function Cell({ value }: { readonly value: string | undefined }) {
  return (
    <span class={styles.cell} title={value}>
      {value?.slice(0, MAX_SHOWN.cut)}
    </span>
  );
}
