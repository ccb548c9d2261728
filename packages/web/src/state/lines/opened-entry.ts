import { type Signal, signal } from '@preact/signals';
import { readEntryText } from '../../api/api.ts';
import { FIRST_VIEW, type JsonView } from '../../logs/entry/json-rows.ts';
import { createPane, type Pane } from '../pane.ts';
import { createContext, type EntryContext } from './entry-context.ts';

/** How an entry that was opened is seen. It stays so when it is scrolled away and comes back. */
export interface OpenedEntry {
  readonly isRaw: Signal<boolean>;
  /** Whether more than the beginning of its payload is shown. */
  readonly isWhole: Signal<boolean>;
  readonly view: Signal<JsonView>;
  /** Its JSON as the server writes it, where that was asked for. */
  readonly exact: Pane<string>;
  readonly context: EntryContext;
}

/** So many are remembered. */
const MAX_KEPT = 20;
const kept = new Map<string, OpenedEntry>();

/** What is known of how an entry is seen. */
export function openedEntry(id: string): OpenedEntry {
  const opened = kept.get(id) ?? {
    isRaw: signal(false),
    isWhole: signal(false),
    view: signal(FIRST_VIEW),
    exact: createPane<string>(),
    context: createContext(id),
  };
  kept.delete(id);
  kept.set(id, opened);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return opened;
}

/** Asks for the JSON of an entry, once. */
export function loadExact(id: string, { exact }: OpenedEntry): void {
  if (exact.value.peek() !== undefined || exact.isLoading.peek()) return;
  void exact.load((signal) => readEntryText(id, { signal }));
}
