import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address } from '../state/address.ts';
import { focusedLine, focusLine, toggleLine } from '../state/focus.ts';
import { edges, entries, follow, isFollowing, target } from '../state/lines.ts';
import { dayName, isNewDay } from '../state/zone-time.ts';
import { text } from '../text.ts';
import { dayInSight } from './day-in-sight.ts';
import { EdgeNote } from './EdgeNote.tsx';
import { estimator } from './estimate.ts';
import { Line } from './Line.tsx';
import { useLineKeys } from './line-keys.ts';
import styles from './LinesList.module.css';
import { ListView } from './list-view.ts';
import { readMoreNear } from './read-more.ts';
import { Slots } from './slots.ts';

/** The lines themselves: as many elements as are in sight, of a list of any length. */
export function LinesList() {
  const scroller = useRef<HTMLDivElement>(null);
  const [view] = useState(() => new ListView(follow));
  const [slots] = useState(() => new Slots());
  const { value: lines } = entries;
  const { tz, columns, isWrapped } = address.value;
  const focused = focusedLine.value;
  void view.version.value;
  view.update({
    lines,
    isFollowing: isFollowing.value,
    focused,
    estimate: estimator(lines, { isWrapped, width: scroller.current?.clientWidth, columns: columns.length }),
  });
  usePlaces(view, scroller);
  useLineKeys(view, scroller);
  const { rows } = view;
  const elements = slots.assign(
    rows.map(({ key }) => String(key)),
    focused,
  );
  const tabStop = rows.some(({ key }) => key === focused) ? focused : rows.at(-1)?.key;
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
          {rows.map(({ index, start }, at) => {
            const entry = lines[index];
            if (entry === undefined) return null;
            return (
              <div
                key={elements[at]}
                ref={view.observe}
                data-index={index}
                class={styles.row}
                role="listitem"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Line
                  entry={entry}
                  isNewDay={isNewDay(entry.timestamp, lines[index - 1]?.timestamp, tz)}
                  isTabStop={tabStop === entry.id}
                />
              </div>
            );
          })}
        </div>
        <EdgeNote side="newer" />
      </div>
    </div>
  );
}

/** Where the list is: at its place when it begins, and after each change. */
function usePlaces(view: ListView, scroller: { readonly current: HTMLDivElement | null }): void {
  const { isWrapped } = address.value;
  const isFirst = useRef(true);
  useLayoutEffect(() => (scroller.current === null ? undefined : view.mount(scroller.current)), []);
  useLayoutEffect(() => {
    if (!isFirst.current) view.remeasure();
    isFirst.current = false;
  }, [isWrapped]);
  const { entry } = address.value;
  useLayoutEffect(() => {
    // Its height is known in the frame after the next.
    if (entry !== undefined) requestAnimationFrame(() => requestAnimationFrame(() => view.reveal(entry)));
  }, [entry]);
  const { value: place } = target;
  useLayoutEffect(() => {
    if (place.to === 'end') view.toEnd();
    else view.toLine(place.id, place.align);
    if (place.to === 'line') focusLine(place.id);
  }, [place]);
  useLayoutEffect(() => {
    view.committed();
    readMoreNear(view);
    const first = entries.peek()[view.range?.startIndex ?? 0];
    dayInSight.value = first === undefined ? '' : dayName(first.timestamp, address.peek().tz);
  });
  useSignalEffect(() => {
    // Reading on at an edge may have ended without a line: then it goes on from there.
    void [edges.older.value, edges.newer.value];
    readMoreNear(view);
  });
}

function lineOf(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  if (target.closest('a, button, input') !== null) return undefined;
  return target.closest<HTMLElement>('[data-line]')?.dataset['line'];
}

function onClick({ target: clicked, detail }: MouseEvent): void {
  const id = lineOf(clicked);
  // Whoever selects text, or a word by two clicks, does not want to open anything.
  if (id === undefined || detail > 1 || getSelection()?.isCollapsed === false) return;
  follow(false);
  toggleLine(id);
}

function onFocus({ target: focused }: FocusEvent): void {
  const id = lineOf(focused);
  if (id !== undefined) focusLine(id);
}
