import type { TailEntry } from '../../../../client/src/types.ts';
import { address } from '../../state/address.ts';
import { isNewDay } from '../../state/zone-time.ts';
import { Line } from './Line.tsx';
import styles from './LinesList.module.css';

/** A line at its place in the list. */
export function LineRow({
  entry,
  before,
  index,
  start,
  isTabStop,
  observe,
}: {
  readonly entry: TailEntry;
  /** The line before it. */
  readonly before: TailEntry | undefined;
  readonly index: number;
  /** How far below the beginning of the list it stands, in pixels. */
  readonly start: number;
  readonly isTabStop: boolean;
  readonly observe: (element: HTMLElement | null) => (() => void) | undefined;
}) {
  return (
    <div
      ref={observe}
      data-index={index}
      class={styles.row}
      role="listitem"
      style={{ transform: `translateY(${start}px)` }}
    >
      <Line
        entry={entry}
        isNewDay={isNewDay(entry.timestamp, before?.timestamp, address.value.tz)}
        isTabStop={isTabStop}
      />
    </div>
  );
}
