import { FirstLine } from '../../live/FirstLine.tsx';
import { go } from '../../state/address.ts';
import { edges } from '../../state/lines/lines.ts';
import { widerAge } from '../../state/question/wider.ts';
import { type Run, run } from '../../state/run.ts';
import { dayAndMinute } from '../../state/zone-time.ts';
import { text } from '../../text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './NoLines.module.css';

/** What is shown where nothing matches: in which time, and how to look in a longer one. */
export function NoLines() {
  const asked = run.value;
  if (edges.older.value.state !== 'end') return null;
  const age = widerAge(asked.since, asked.until, Date.now());
  const isBounded = asked.since !== undefined || asked.until !== undefined;
  return (
    <div class={styles.none} role="status">
      <p>{said(asked)}</p>
      <FirstLine />
      {age !== undefined && <Button onClick={() => lookBack(age)}>{text.lines.last(age)}</Button>}
      {isBounded && <Button onClick={() => lookBack(undefined)}>{text.lines.allTime}</Button>}
    </div>
  );
}

function lookBack(since: string | undefined): void {
  go({ since, until: undefined, at: undefined });
}

function said({ since, until, tz }: Run): string {
  const [from, to] = [shown(since, tz), shown(until, tz)];
  if (from !== undefined && to !== undefined) return text.lines.noneBetween(from, to);
  if (from !== undefined) return text.lines.noneSince(from);
  return to === undefined ? text.lines.noneAtAll : text.lines.noneUntil(to);
}

/** A time as a person reads it; as it was written if the server alone knows what it means. */
function shown(time: string | undefined, zone: string): string | undefined {
  return time === undefined || Number.isNaN(Date.parse(time)) ? time : dayAndMinute(time, zone);
}
