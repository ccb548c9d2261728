import { type ReadonlySignal, signal } from '@preact/signals';

const current = signal(document.visibilityState === 'visible');

/** Whether somebody may see this page now. */
export const isPageVisible: ReadonlySignal<boolean> = current;

const look = () => {
  current.value = document.visibilityState === 'visible';
};
document.addEventListener('visibilitychange', look);
addEventListener('pageshow', look);
// It may be kept, frozen, to be shown again at once.
addEventListener('pagehide', () => {
  current.value = false;
});
