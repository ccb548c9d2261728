import { address, go } from '../../state/address.ts';
import { text } from '../../text.ts';
import { lazily } from '../../ui/lazily.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { dayInSight } from './day-in-sight.ts';
import styles from './LinesHead.module.css';

const ColumnChoice = lazily(async () => (await import('./ColumnChoice.tsx')).ColumnChoice);
const ColumnMenu = lazily(async () => (await import('./ColumnMenu.tsx')).ColumnMenu);

/** What stands above the lines: the day of the first in sight, and the columns. */
export function LinesHead() {
  const { columns, isWrapped } = address.value;
  return (
    <div class={styles.head} style={{ '--columns': columns.length }}>
      <span class={styles.day}>{dayInSight.value}</span>
      {columns.map((name, at) => (
        <span key={name} class={styles.column}>
          <Popover isQuiet label={text.lines.column(name)} content={<ColumnMenu name={name} at={at} />}>
            <span class={styles.name}>{name}</span>
          </Popover>
        </span>
      ))}
      <span class={styles.text}>
        <span>{text.lines.text}</span>
        <Popover isQuiet label={text.lines.addColumn} content={<ColumnChoice />}>
          +
        </Popover>
        <button
          type="button"
          class={styles.wrap}
          aria-pressed={isWrapped}
          title={`${text.lines.wrap} (w)`}
          aria-label={text.lines.wrap}
          onClick={() => go({ isWrapped: !isWrapped }, 'replace')}
        >
          ↩
        </button>
      </span>
    </div>
  );
}
