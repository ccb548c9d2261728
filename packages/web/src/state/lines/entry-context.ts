import { type ReadonlySignal, signal } from '@preact/signals';
import type { Answer } from '../../../../client/src/types.ts';
import { readContext } from '../../api/api.ts';
import { createPane, type Pane } from '../pane.ts';

/** How many more neighbours are shown at once. */
const STEP = 10;

/** What stands around an entry, whatever else is asked for. */
export interface EntryContext {
  readonly isOpen: ReadonlySignal<boolean>;
  readonly isSameService: ReadonlySignal<boolean>;
  readonly pane: Pane<Answer<'entriesIdContext'>>;
  readonly toggle: () => void;
  readonly toggleService: () => void;
  readonly moreBefore: () => void;
  readonly moreAfter: () => void;
  readonly load: () => void;
  /** Whether all that was asked for on a side was there: there may be more. */
  readonly isFull: (side: 'before' | 'after') => boolean;
}

export function createContext(id: string): EntryContext {
  const isOpen = signal(false);
  const isSameService = signal(false);
  const pane = createPane<Answer<'entriesIdContext'>>();
  const wanted = { before: STEP, after: STEP };
  const load = () => {
    const query = { ...wanted, sameService: isSameService.peek() || undefined };
    void pane.load((abort) => readContext(id, query, { signal: abort }));
  };
  const more = (side: 'before' | 'after') => {
    wanted[side] += STEP;
    load();
  };
  return {
    isOpen,
    isSameService,
    pane,
    load,
    toggle() {
      isOpen.value = !isOpen.peek();
      if (isOpen.peek() && pane.value.peek() === undefined) load();
    },
    toggleService() {
      isSameService.value = !isSameService.peek();
      load();
    },
    moreBefore: () => more('before'),
    moreAfter: () => more('after'),
    isFull: (side) => (pane.value.value?.[side].length ?? 0) >= wanted[side],
  };
}
