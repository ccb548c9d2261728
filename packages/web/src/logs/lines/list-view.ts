import { type Signal, signal } from '@preact/signals';
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { indexOf, type Lines } from '../../state/lines/line-order.ts';

/** What stands above the first line and below the last one, in pixels: what is to be said of both ends. */
const EDGE_HEIGHT = 36;
const OVERSCAN = 8;
/** As near to the end as this is at the end. */
const NEAR_END = 4;
/** A distance from the end that there is not. */
const NEVER = -1;
/** So long a line is held at its place after all heights have changed, and one that was opened is kept in sight. */
const HOLD_MS = 1_000;
/** The sizes of so many lines that are gone are kept, before all of them are forgotten. */
const MAX_GONE_SIZES = 4_000;

/** What a list is laid out from. */
export interface Layout {
  readonly lines: Lines;
  readonly isFollowing: boolean;
  /** The line that keys move from. */
  readonly focused: string | undefined;
  readonly isWrapped: boolean;
  readonly estimate: (index: number) => number;
}

/**
 * Where lines of unknown heights stand, which of them are in sight, and that what is in sight stays where it is
 * while others come and go around it.
 */
export class ListView {
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  /** Another object whenever it has to be shown anew. */
  readonly #shown: Signal<{ readonly virtualizer: Virtualizer<HTMLElement, HTMLElement> }>;
  /** Called when the reader scrolls, and with whether that led to the end. */
  readonly #scrolled: (isAtEnd: boolean) => void;
  readonly #rows = new Set<HTMLElement>();
  readonly #resizes = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target instanceof HTMLElement && target.isConnected) this.#measure(target);
  });
  #element: HTMLElement | null = null;
  /** The same one as long as the lines are the same: places are reckoned anew with another. */
  #keyOf = keysOf([]);
  #layout: Layout = { lines: [], isFollowing: true, focused: undefined, isWrapped: false, estimate: () => 0 };
  #focusedIndex: number | undefined;
  /** By how much the line that keys move from would have moved. */
  #drift = 0;
  /** A line that has to stay where it was, until the heights around it are known. */
  #held: { readonly id: string; readonly place: number; readonly untilMs: number } | undefined;
  /** The line that was opened last, until all of it has come. */
  #revealed: { readonly id: string; readonly untilMs: number } | undefined;
  #written: number | undefined;
  #lastTop = 0;

  constructor(scrolled: (isAtEnd: boolean) => void) {
    this.#scrolled = scrolled;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
    this.#shown = signal({ virtualizer: this.#virtualizer });
  }

  get height(): number {
    return this.#virtualizer.getTotalSize();
  }
  /** The lines to be shown. Whoever reads it in a component is shown anew when they are others. */
  get rows(): VirtualItem[] {
    const { virtualizer } = this.#shown.value;
    return virtualizer.getVirtualItems();
  }
  /** The first and last line in sight. */
  get range(): { readonly startIndex: number; readonly endIndex: number } | null {
    return this.#virtualizer.range;
  }
  /** Watches the height of an element that shows the line whose number is its `data-index`. */
  readonly observe = (element: HTMLElement | null): (() => void) | undefined => {
    if (element === null) return undefined;
    this.#rows.add(element);
    this.#resizes.observe(element, { box: 'border-box' });
    return () => {
      this.#rows.delete(element);
      this.#resizes.unobserve(element);
    };
  };

  /** The element that scrolls. What ends that is returned. */
  mount(element: HTMLElement): () => void {
    this.#element = element;
    // Before that of the virtualizer: it asks where the reader wants to be.
    const onScroll = () => this.#onScroll(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    const unmount = this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    return () => {
      element.removeEventListener('scroll', onScroll);
      unmount();
      this.#element = null;
    };
  }

  /** Before it is shown. */
  update(layout: Layout): void {
    const isSame = layout.focused === this.#layout.focused;
    const before = isSame ? this.#placeOf(this.#inSight(this.#focusedIndex)) : undefined;
    if (layout.isWrapped !== this.#layout.isWrapped) this.#holdNow();
    if (layout.lines !== this.#layout.lines) this.#keyOf = keysOf(layout.lines);
    this.#layout = layout;
    this.#focusedIndex = indexOf(layout.lines, layout.focused, this.#focusedIndex);
    this.#virtualizer.setOptions(this.#options());
    const after = this.#placeOf(this.#focusedIndex);
    this.#drift = before === undefined || after === undefined || layout.isFollowing ? 0 : after - before;
    this.#forgetSizes();
  }

  /** After it is shown. */
  committed(): void {
    this.#virtualizer._willUpdate();
    // At once, before anything of it is painted: a line that is higher than it was thought moves others.
    for (const row of this.#rows) this.#measure(row);
    const element = this.#element;
    if (element === null) return;
    if (this.#layout.isFollowing) {
      if (distanceFromEnd(element) > 1) this.#virtualizer.scrollToEnd();
    } else if (this.#drift !== 0) {
      this.#virtualizer.scrollToOffset(element.scrollTop + this.#drift);
    }
    this.#drift = 0;
    this.#hold(element);
    this.#reveal();
  }

  toEnd(): void {
    this.#virtualizer.scrollToEnd();
  }

  toLine(id: string, align: 'center' | 'auto' | 'start'): void {
    const index = indexOf(this.#layout.lines, id, this.#focusedIndex);
    if (index !== undefined) this.#virtualizer.scrollToIndex(index, { align });
  }

  /**
   * Shows as much as there is room for of what is open below a line; the line itself stays in sight. What is open
   * grows while its parts come: so for a while, as long as the reader does not scroll.
   */
  reveal(id: string): void {
    this.#revealed = { id, untilMs: performance.now() + HOLD_MS };
    this.#reveal();
  }

  #reveal(): void {
    const { id, untilMs } = this.#revealed ?? {};
    if (id === undefined || untilMs === undefined) return;
    if (performance.now() > untilMs) this.#revealed = undefined;
    const element = this.#element;
    const row = element?.querySelector(`[data-line="${CSS.escape(id)}"]`)?.parentElement;
    if (element === null || row === null || row === undefined) return;
    const [list, shown] = [element.getBoundingClientRect(), row.getBoundingClientRect()];
    const below = Math.min(shown.bottom - list.bottom, shown.top - list.top);
    if (below > 0) this.#virtualizer.scrollToOffset(element.scrollTop + below);
  }

  /** All heights are other ones: none that was measured counts any more. */
  remeasure(): void {
    this.#virtualizer.measure();
  }

  /** What is first in sight stays where it is for a while, or the line that keys move from. */
  #holdNow(): void {
    const kept = this.#inSight(this.#focusedIndex) ?? this.range?.startIndex ?? 0;
    const [entry, place] = [this.#layout.lines[kept], this.#placeOf(kept)];
    if (entry === undefined || place === undefined || this.#layout.isFollowing) return;
    this.#held = { id: entry.id, place, untilMs: performance.now() + HOLD_MS };
  }

  #hold({ scrollTop }: HTMLElement): void {
    const held = this.#held;
    if (held === undefined) return;
    const index = indexOf(this.#layout.lines, held.id, this.#focusedIndex);
    const row = index === undefined ? undefined : this.#virtualizer.measurementsCache[index];
    if (row === undefined || performance.now() > held.untilMs) this.#held = undefined;
    else if (Math.abs(row.start - scrollTop - held.place) >= 1)
      this.#virtualizer.scrollToOffset(row.start - held.place);
  }

  #measure(row: HTMLElement): void {
    this.#virtualizer.resizeItem(Number(row.dataset.index), row.offsetHeight);
    // Otherwise the next one is measured against places that are not its own any more.
    this.#virtualizer.getTotalSize();
  }

  #onScroll(element: HTMLElement): void {
    const { scrollTop: top } = element;
    const isAtEnd = distanceFromEnd(element) <= NEAR_END;
    const isOurs = this.#written !== undefined && Math.abs(top - this.#written) < 2;
    const moved = top - this.#lastTop;
    this.#lastTop = top;
    this.#written = undefined;
    if (isOurs) return;
    this.#held = undefined;
    this.#revealed = undefined;
    if (isAtEnd ? moved > 0 : moved < 0) this.#scrolled(isAtEnd);
  }

  #options() {
    const { lines, isFollowing, estimate } = this.#layout;
    return {
      count: lines.length,
      getScrollElement: () => this.#element,
      estimateSize: estimate,
      getItemKey: this.#keyOf,
      scrollToFn: (...args: Parameters<typeof elementScroll<HTMLElement>>) => {
        elementScroll(...args);
        // Where it led: no further than the end of what there was then.
        this.#written = this.#element?.scrollTop;
      },
      observeElementRect,
      observeElementOffset,
      onChange: () => (this.#shown.value = { virtualizer: this.#virtualizer }),
      rangeExtractor: (range: Range) => this.#shownIndexes(range),
      overscan: OVERSCAN,
      paddingStart: EDGE_HEIGHT,
      paddingEnd: EDGE_HEIGHT,
      anchorTo: 'end' as const,
      followOnAppend: isFollowing,
      // Who does not follow stays where they are at the end, too: a line that is opened there must not move up.
      scrollEndThreshold: isFollowing ? NEAR_END : NEVER,
    };
  }

  /** Those in sight and some around them; and the one that keys move from, which may have the focus. */
  #shownIndexes({ startIndex, endIndex, overscan, count }: Range): number[] {
    const start = Math.max(0, startIndex - overscan);
    const end = Math.min(count - 1, endIndex + overscan);
    const indexes = Array.from({ length: end - start + 1 }, (_, at) => start + at);
    const focused = this.#focusedIndex;
    if (focused === undefined || focused >= count) return indexes;
    if (focused < start) return [focused, ...indexes];
    return focused > end ? [...indexes, focused] : indexes;
  }

  #inSight(index: number | undefined): number | undefined {
    const { range } = this;
    if (index === undefined || range === null) return undefined;
    return index >= range.startIndex && index <= range.endIndex ? index : undefined;
  }

  /** Where a line stands below the upper end of what is in sight. */
  #placeOf(index: number | undefined): number | undefined {
    const offset = this.#virtualizer.scrollOffset;
    const row = index === undefined ? undefined : this.#virtualizer.measurementsCache[index];
    return row === undefined || offset === null ? undefined : row.start - offset;
  }

  #forgetSizes(): void {
    const { itemSizeCache: sizes } = this.#virtualizer;
    const { lines } = this.#layout;
    if (sizes.size <= lines.length + MAX_GONE_SIZES) return;
    const ids = new Set(lines.map(({ id }) => id));
    for (const key of sizes.keys()) if (!ids.has(String(key))) sizes.delete(key);
  }
}

function distanceFromEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}

function keysOf(lines: Lines): (index: number) => string | number {
  return (index) => lines[index]?.id ?? index;
}
