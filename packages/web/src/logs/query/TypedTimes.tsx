import { useId } from 'preact/hooks';
import { address } from '../../state/address.ts';
import { span } from '../../state/question/range.ts';
import { clockOf, isKnownZone } from '../../state/question/time-text.ts';
import { applyTimes, type End, timeMistakes, times, typeTime } from '../../state/question/typed-times.ts';
import { text } from '../../text.ts';
import { closePopover } from '../../ui/close-popover.ts';
import styles from './TimePicker.module.css';

/** From and to, written as the server reads them, or picked from a calendar. */
export function TypedTimes() {
  const words = text.time;
  return (
    <form
      class={styles.group}
      onSubmit={(event) => {
        event.preventDefault();
        void applyTimes().then((isAsked) => isAsked && closePopover(event));
      }}
    >
      <TimeField end="since" label={words.from} pick={words.pickFrom} />
      <TimeField end="until" label={words.to} pick={words.pickTo} />
      <p class={styles.hint}>{words.hint}</p>
      <button type="submit" class={styles.apply}>
        {words.apply}
      </button>
    </form>
  );
}

function TimeField({
  end,
  label,
  pick,
}: {
  readonly end: End;
  readonly label: string;
  readonly pick: string;
}) {
  const id = useId();
  const wrong = timeMistakes.value[end];
  return (
    <div class={styles.field}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        class={styles.input}
        value={times.value[end]}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong && `${id}-mistake`}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => typeTime(end, currentTarget.value)}
      />
      <Calendar end={end} label={pick} />
      {wrong && (
        <p id={`${id}-mistake`} class={styles.mistake} role="status">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Calendar({ end, label }: { readonly end: End; readonly label: string }) {
  return (
    <input
      type="datetime-local"
      class={styles.calendar}
      step={1}
      aria-label={label}
      title={label}
      value={pickedTime(end)}
      onChange={({ currentTarget }) => typeTime(end, currentTarget.value)}
    />
  );
}

/** What stands in the calendar: what is typed if that is a time of its kind, else where the range ends now. */
function pickedTime(end: End): string {
  const typed = times.value[end];
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(typed)) return typed;
  const { tz } = address.value;
  const ms = end === 'since' ? span.value?.fromMs : span.value?.toMs;
  if (ms === undefined || !isKnownZone(tz)) return '';
  const { date, time } = clockOf(ms, tz);
  return `${date}T${time}`;
}
