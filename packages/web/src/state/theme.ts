import { computed, effect, type ReadonlySignal } from '@preact/signals';
import { keptText } from './kept.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const kept = keptText('lms-theme', 'system');

/** How the page looks; kept in this browser. */
export const theme: ReadonlySignal<Theme> = computed(
  () => THEMES.find((each) => each === kept.value) ?? 'system',
);

export function setTheme(next: Theme): void {
  kept.value = next;
}

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
});
