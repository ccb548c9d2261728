import { useKeys } from '../../app/keys.ts';
import { address } from '../../state/address.ts';
import { climb, isEarlier, nowMs, shift, span } from '../../state/question/range.ts';
import { clockOf, spanText, zoneOr } from '../../state/question/time-text.ts';
import { refusedTimes } from '../../state/question/typed-times.ts';
import { runAgain } from '../../state/run.ts';
import { isRelative } from '../../state/run-times.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import { lazily } from '../../ui/lazily.tsx';
import { Popover } from '../../ui/Popover.tsx';
import styles from './TimePicker.module.css';

const TimePanel = lazily(async () => (await import('./TimePanel.tsx')).TimePanel);

/** From when to when: what is asked, what that is in hours and minutes, and how to change it. */
export function TimePicker() {
  const words = text.time;
  const refused = refusedTimes.value;
  useKeys([
    { key: '-', does: words.wider, press: () => climb('wider') },
    { key: '+', does: words.narrower, press: () => climb('narrower') },
    { key: '[', does: words.earlier, press: () => shift('earlier') },
    { key: ']', does: words.later, press: () => shift('later') },
  ]);
  return (
    <div class={styles.picker}>
      <Popover isNamedByContent label={words.label} content={<TimePanel />}>
        <b>{nameOfRange()}</b> <span class={styles.range}>{shownRange()}</span>
      </Popover>
      <RangeButtons />
      {isEarlier.value && <AsOf />}
      {refused && (
        <p class={styles.refused} role="status">
          {refused.reason}
        </p>
      )}
    </div>
  );
}

function RangeButtons() {
  const words = text.time;
  return (
    <>
      <Button isQuiet label={`${words.earlier} ([)`} onClick={() => void shift('earlier')}>
        ‹
      </Button>
      <Button isQuiet label={`${words.later} (])`} onClick={() => void shift('later')}>
        ›
      </Button>
      <Button isQuiet label={`${words.wider} (-)`} onClick={() => void climb('wider')}>
        −
      </Button>
      <Button isQuiet label={`${words.narrower} (+)`} onClick={() => void climb('narrower')}>
        +
      </Button>
    </>
  );
}

function AsOf() {
  const { at, tz } = address.value;
  const measured = clockOf(Date.parse(at ?? ''), zoneOr(tz));
  const isToday = measured.date === clockOf(nowMs.value, zoneOr(tz)).date;
  const time = isToday ? measured.time.slice(0, 5) : `${measured.date} ${measured.time.slice(0, 5)}`;
  return (
    <span class={styles.asOf}>
      {text.time.asOf(time)} ·{' '}
      <button type="button" class={styles.now} title={text.time.runAgain} onClick={runAgain}>
        {text.time.now}
      </button>
    </span>
  );
}

/** How the range was asked for. */
function nameOfRange(): string {
  const { since, until } = address.value;
  const words = text.time;
  if (since === undefined) return until === undefined ? words.all : words.until(until);
  if (until === undefined) return isRelative(since) ? words.last(since) : words.since(since);
  return words.between;
}

function shownRange(): string {
  const { since, until, tz } = address.value;
  const { beginning, now } = text.time;
  if (since === undefined && until === undefined) return tz;
  if (span.value === undefined) return `${since ?? beginning} – ${until ?? now} ${tz}`;
  return `${spanText(span.value, { zone: zoneOr(tz), nowMs: nowMs.value, open: [beginning, now] })} ${tz}`;
}
