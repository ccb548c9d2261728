import styles from './say.module.css';

const SHOWN_MS = 2_500;
let place: HTMLElement | undefined;
let timer = 0;

/** Says something short, for a moment, to whoever sees the page and to whoever hears it. */
export function say(words: string): void {
  place ??= addPlace();
  place.textContent = words;
  // Over dialogs and menus, too.
  if (!place.matches(':popover-open')) place.showPopover();
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    place?.hidePopover();
    if (place !== undefined) place.textContent = '';
  }, SHOWN_MS);
}

function addPlace(): HTMLElement {
  const element = document.createElement('output');
  element.className = styles.said ?? '';
  element.popover = 'manual';
  document.body.append(element);
  return element;
}
