import { useRef, useState } from 'preact/hooks';
import { address } from '../../state/address.ts';
import { focusedLine } from '../../state/lines/focus.ts';
import { entries, follow, isFollowing } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import { EdgeNote } from './EdgeNote.tsx';
import { estimator } from './estimate.ts';
import { onClick, onFocus } from './line-clicks.ts';
import { useLineKeys } from './line-keys.ts';
import { LineRow } from './LineRow.tsx';
import styles from './LinesList.module.css';
import { ListView } from './list-view.ts';
import { usePlaces } from './places.ts';
import { Slots } from './slots.ts';

/** The lines themselves: as many elements as are in sight, of a list of any length. */
export function LinesList() {
  const scroller = useRef<HTMLDivElement>(null);
  const [view] = useState(() => new ListView(follow));
  const { columns } = address.value;
  const rows = useRows(view, scroller.current?.clientWidth);
  usePlaces(view, scroller);
  useLineKeys(view, scroller);
  return (
    <div
      ref={scroller}
      id="lines"
      class={styles.scroller}
      role="log"
      aria-live="off"
      aria-label={text.lines.list}
      onClick={onClick}
      onFocusIn={onFocus}
    >
      <div class={styles.sizer} style={{ height: `${view.height}px`, '--columns': columns.length }}>
        <EdgeNote side="older" />
        <div role="list">
          {rows.map(({ slot, ...row }) => (
            <LineRow key={slot} observe={view.observe} {...row} />
          ))}
        </div>
        <EdgeNote side="newer" />
      </div>
    </div>
  );
}

/** The lines that are shown, anew whenever others are in sight, each with the number of its element. */
function useRows(view: ListView, width: number | undefined) {
  const [slots] = useState(() => new Slots());
  const { value: lines } = entries;
  const { columns, isWrapped } = address.value;
  const { value: focused } = focusedLine;
  view.update({
    lines,
    isFollowing: isFollowing.value,
    focused,
    isWrapped,
    estimate: estimator(lines, { isWrapped, width, columns: columns.length }),
  });
  const shown = view.rows.flatMap(({ index, start }) => {
    const entry = lines[index];
    return entry === undefined ? [] : [{ entry, before: lines[index - 1], index, start }];
  });
  const elements = slots.assign(
    shown.map(({ entry }) => entry.id),
    focused,
  );
  const tabStop = shown.find(({ entry }) => entry.id === focused) ?? shown.at(-1);
  return shown.map((row, at) => ({ ...row, slot: elements[at] ?? at, isTabStop: row === tabStop }));
}
