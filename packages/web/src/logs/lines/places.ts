import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { address } from '../../state/address.ts';
import { focusLine } from '../../state/lines/focus.ts';
import { edges, entries, follow, target } from '../../state/lines/lines.ts';
import { dayName } from '../../state/zone-time.ts';
import { dayInSight } from './day-in-sight.ts';
import type { ListView } from './list-view.ts';
import { readMoreNear } from './read-more.ts';

interface Place {
  readonly current: HTMLElement | null;
}

/** Keeps the list at its place: where it begins, where it is told to go, and when what is in it changes. */
export function usePlaces(view: ListView, scroller: Place): void {
  useLayoutEffect(() => (scroller.current === null ? undefined : view.mount(scroller.current)), []);
  useWrapping(view);
  useOpening(view);
  useStayWhileSelecting(scroller);
  const { value: place } = target;
  useLayoutEffect(() => {
    if (place.to === 'end') view.toEnd();
    else {
      view.toLine(place.id, place.align);
      focusLine(place.id);
    }
  }, [place]);
  useLayoutEffect(() => {
    view.committed();
    readMoreNear(view);
    const first = entries.peek()[view.range?.startIndex ?? 0];
    dayInSight.value = first === undefined ? '' : dayName(first.timestamp, address.peek().tz);
  });
  useSignalEffect(() => {
    // A page may have had no line: then nothing else changes, and it is read on from there.
    if (edges.older.value.state !== 'loading' && edges.newer.value.state !== 'loading') readMoreNear(view);
  });
}

/** Whether lines are wrapped changes all their heights, and not what is looked at. */
function useWrapping(view: ListView): void {
  const { isWrapped } = address.value;
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    if (!isFirst.current) view.remeasure();
    isFirst.current = false;
  }, [isWrapped]);
}

/** What is opened is shown. */
function useOpening(view: ListView): void {
  const { entry } = address.value;
  useLayoutEffect(() => {
    // Its height is known in the frame after the next.
    if (entry !== undefined) requestAnimationFrame(() => requestAnimationFrame(() => view.reveal(entry)));
  }, [entry]);
}

/** What somebody selects stays where it is. */
function useStayWhileSelecting(scroller: Place): void {
  useLayoutEffect(() => {
    const stay = () => {
      const selection = getSelection();
      if (selection?.isCollapsed !== false) return;
      if (scroller.current?.contains(selection.anchorNode) === true) follow(false);
    };
    document.addEventListener('selectionchange', stay);
    return () => document.removeEventListener('selectionchange', stay);
  }, []);
}
