import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** A key and what it does, as the list of keys shows it. */
export interface Key {
  /** As `KeyboardEvent.key` has it: `j`, `?`, `Escape`. */
  readonly key: string;
  readonly does: string;
  /** False: it was not for this, and others may have it. */
  readonly press: (event: KeyboardEvent) => unknown;
}

const registered = signal<readonly Key[]>([]);

/** All keys that work now. */
export const keys: ReadonlySignal<readonly Key[]> = registered;

/** Lets keys work as long as a component is there, and nobody types text or has a dialog open. */
export function useKeys(list: readonly Key[]): void {
  useEffect(() => {
    registered.value = [...registered.peek(), ...list];
    return () => {
      registered.value = registered.peek().filter((key) => !list.includes(key));
    };
  }, []);
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && isPanelOpen()) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
  for (const { press } of registered.peek().filter(({ key }) => key === event.key)) {
    if (press(event) === false) continue;
    event.preventDefault();
    return;
  }
});

/** Whether a panel lies over the page: the browser closes that at Escape, and no more. */
function isPanelOpen(): boolean {
  return document.querySelector('[popover="auto"]:popover-open') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
