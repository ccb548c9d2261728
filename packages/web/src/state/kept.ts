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

/** What this browser keeps things in; undefined: it keeps none. Some throw when they are asked for it, or given something. */
export function usableStorage(): Storage | undefined {
  try {
    localStorage.setItem('lms-usable', '1');
    localStorage.removeItem('lms-usable');
    return localStorage;
  } catch {
    return undefined;
  }
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
