import { effect, type ReadonlySignal, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'lms-theme';
const current = signal<Theme>(read());

/** How the page looks; kept in this browser. */
export const theme: ReadonlySignal<Theme> = current;

export function setTheme(next: Theme): void {
  current.value = next;
  localStorage.setItem(KEY, next);
}

effect(() => {
  const { dataset } = document.documentElement;
  if (current.value === 'system') delete dataset.theme;
  else dataset.theme = current.value;
});

function read(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((each) => each === kept) ?? 'system';
}
