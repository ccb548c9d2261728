import { effect, type Signal, signal } from '@preact/signals';

/** A text that this browser keeps from visit to visit; where it keeps nothing, until the page is closed. */
export function keptText(key: string, usual: string): Signal<string> {
  const value = signal(read(key) ?? usual);
  effect(() => {
    try {
      if (value.value === usual) localStorage.removeItem(key);
      else localStorage.setItem(key, value.value);
    } catch {
      // Storage may be full, or not allowed: the choice holds for this visit.
    }
  });
  return value;
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
