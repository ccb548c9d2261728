import type { TargetedToggleEvent } from 'preact';

/** Puts a panel below the button before it, or above where there is no room, and within the window. */
export function placeBeside({ currentTarget: panel, newState }: TargetedToggleEvent<HTMLElement>): void {
  if (newState !== 'open') return;
  const opener = panel.previousElementSibling?.getBoundingClientRect();
  if (opener === undefined) return;
  const isBelow = opener.top < innerHeight / 2;
  panel.style.top = isBelow ? `${opener.bottom + 4}px` : 'auto';
  panel.style.bottom = isBelow ? 'auto' : `${innerHeight - opener.top + 4}px`;
  const isLeft = opener.left < innerWidth / 2;
  panel.style.left = isLeft ? `${Math.max(4, opener.left)}px` : 'auto';
  panel.style.right = isLeft ? 'auto' : `${Math.max(4, innerWidth - opener.right)}px`;
}
