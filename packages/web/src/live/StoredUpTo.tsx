import { useEffect } from 'preact/hooks';
import { run } from '../state/run.ts';
import { clockTime, dayAndMinute, dayName } from '../state/zone-time.ts';
import { text } from '../text.ts';
import styles from './LiveBar.module.css';
import { type Stored, stored, watchStored } from './stored.ts';

/** Up to when what was published is stored, and so is what the panes count. */
export function StoredUpTo() {
  useEffect(watchStored, []);
  const known = stored.value;
  if (known === undefined) return null;
  const isRunning = known.kind === 'running';
  return (
    <span
      class={styles.stored}
      data-stored={known.kind}
      title={isRunning ? undefined : text.live.noWorkerHint}
    >
      {said(known, run.value.tz)}
    </span>
  );
}

function said({ kind, at, now }: Stored, zone: string): string {
  if (at === undefined) return text.live.neverStored;
  const isToday = dayName(at, zone) === dayName(now, zone);
  const upTo = text.live.storedUpTo(isToday ? clockTime(at, zone).slice(0, 8) : dayAndMinute(at, zone));
  return kind === 'running' ? upTo : `${text.live.noWorker}; ${upTo}`;
}
