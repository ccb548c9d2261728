import { type ReadonlySignal, signal } from '@preact/signals';
import type * as Completion from './completion.ts';
import { recentExpressions } from './history.ts';

/** Who types fast is asked for once. */
const PAUSE_MS = 120;

const list = signal<readonly Completion.Option[]>([]);
const opened = signal(false);
const chosen = signal(-1);
/** Once it is loaded. */
let completion: typeof Completion | undefined;
let current = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is offered. */
export const options: ReadonlySignal<readonly Completion.Option[]> = list;
/** Whether it is shown. */
export const isOpen: ReadonlySignal<boolean> = opened;
/** The place of the option that the arrow keys are at; -1: none. */
export const active: ReadonlySignal<number> = chosen;

/** Offers what can be written at the cursor. Gives up what was asked for before. */
export function offer(text: string, cursor: number): void {
  current.abort();
  clearTimeout(timer);
  const { signal: abort } = (current = new AbortController());
  chosen.value = -1;
  opened.value = true;
  // What was offered for another text would undo what was written since.
  show(known(text, cursor));
  timer = setTimeout(() => void load(text, cursor, abort), PAUSE_MS);
}

/** Offers nothing any more. */
export function closeOptions(): void {
  current.abort();
  clearTimeout(timer);
  opened.value = false;
  chosen.value = -1;
}

/** To the next option, or to the one before. */
export function moveActive(by: 1 | -1): void {
  const { length } = list.peek();
  if (length === 0) return;
  const at = chosen.peek();
  chosen.value = at === -1 && by === -1 ? length - 1 : (at + by + length) % length;
}

/** What fails here disturbs nobody who types: what is known stays. */
async function load(text: string, cursor: number, abort: AbortSignal): Promise<void> {
  try {
    completion ??= await import('./completion.ts');
    abort.throwIfAborted();
    show(known(text, cursor));
    await completion.learnOptionsAt(text, cursor, abort);
    abort.throwIfAborted();
    show(known(text, cursor));
  } catch {
    // Nothing is added to what is offered.
  }
}

function known(text: string, cursor: number): readonly Completion.Option[] {
  const before = text.trim() === '' ? recentExpressions().map(recent) : [];
  return [...before, ...(completion?.knownOptionsAt(text, cursor) ?? [])];
}

function show(next: readonly Completion.Option[]): void {
  const at = list.peek()[chosen.peek()]?.text;
  list.value = next;
  chosen.value = at === undefined ? -1 : next.findIndex(({ text }) => text === at);
}

function recent(text: string): Completion.Option {
  return { kind: 'recent', label: text, text, cursor: text.length };
}
