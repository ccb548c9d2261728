import { useKeys } from '../../app/keys.ts';
import { address, go } from '../../state/address.ts';
import { closeLine, focusedLine, focusLine, toggleLine } from '../../state/lines/focus.ts';
import { indexOf } from '../../state/lines/line-order.ts';
import { edges, entries, follow, goToNewest } from '../../state/lines/lines.ts';
import { text } from '../../text.ts';
import type { ListView } from './list-view.ts';

interface Place {
  readonly current: HTMLElement | null;
}

/** The keys of the list. Those that mean something elsewhere, too, count in the list alone. */
export function useLineKeys(view: ListView, scroller: Place): void {
  const { keys } = text.lines;
  const by = (step: number) => () => move(view, scroller, step);
  const here = (press: () => unknown) => () => isHere(scroller) && press();
  const page = () => Math.max(1, (view.range?.endIndex ?? 1) - (view.range?.startIndex ?? 0) - 1);
  const first = () => moveTo(view, scroller, 0);
  const newest = () => {
    const { state } = edges.newer.peek();
    goToNewest();
    const last = entries.peek().at(-1);
    // Where there are newer ones, the newest has to be read first.
    if (state === 'end' && last !== undefined) focus(scroller, last.id);
  };
  useKeys([
    { key: 'j', does: keys.next, press: by(1) },
    { key: 'ArrowDown', does: keys.next, press: here(by(1)) },
    { key: 'k', does: keys.previous, press: by(-1) },
    { key: 'ArrowUp', does: keys.previous, press: here(by(-1)) },
    { key: 'PageDown', does: keys.pageDown, press: here(() => move(view, scroller, page())) },
    { key: 'PageUp', does: keys.pageUp, press: here(() => move(view, scroller, -page())) },
    { key: 'o', does: keys.open, press: openFocused },
    { key: 'Enter', does: keys.open, press: () => isOnLine() && openFocused() },
    { key: 'Escape', does: keys.close, press: closeLine },
    { key: 'g', does: keys.first, press: first },
    { key: 'Home', does: keys.first, press: here(first) },
    { key: 'G', does: keys.newest, press: newest },
    { key: 'End', does: keys.newest, press: here(newest) },
    { key: 'w', does: keys.wrap, press: () => go({ isWrapped: !address.peek().isWrapped }, 'replace') },
  ]);
}

/** Whether keys of moving are meant for the list: nothing else has the focus. */
function isHere({ current }: Place): boolean {
  const { activeElement: active } = document;
  return active === null || active === document.body || active === current || isOnLine();
}

function isOnLine(): boolean {
  return document.activeElement instanceof HTMLElement && 'line' in document.activeElement.dataset;
}

function openFocused(): boolean {
  const id = focusedLine.peek();
  if (indexOf(entries.peek(), id) === undefined || id === undefined) return false;
  follow(false);
  toggleLine(id);
  return true;
}

function move(view: ListView, scroller: Place, step: number): void {
  const at = indexOf(entries.peek(), focusedLine.peek());
  // At first it is the last line in sight that has it.
  moveTo(view, scroller, at === undefined ? (view.range?.endIndex ?? 0) : at + step);
}

function moveTo(view: ListView, scroller: Place, index: number): void {
  const lines = entries.peek();
  const at = Math.min(Math.max(index, 0), lines.length - 1);
  const entry = lines[at];
  if (entry === undefined) return;
  // Whoever reads line by line wants them to stand still.
  if (at < lines.length - 1) follow(false);
  focus(scroller, entry.id);
  view.toLine(entry.id, 'auto');
}

function focus({ current }: Place, id: string): void {
  focusLine(id);
  // Once it is there: the line that has the focus is always among those that are shown.
  requestAnimationFrame(() => {
    const element = current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"]`);
    element?.focus({ preventScroll: true });
  });
}
