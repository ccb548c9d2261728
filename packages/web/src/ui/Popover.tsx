import type { ComponentChildren, TargetedToggleEvent } from 'preact';
import { useId } from 'preact/hooks';
import styles from './Popover.module.css';

/**
 * A button that opens a small panel beside it, of the browser's own popovers: Escape and a click elsewhere close
 * it, and it lies over everything. Its content is made when it is first opened.
 */
export function Popover({
  content,
  label,
  children,
  isQuiet = false,
}: {
  readonly content: ComponentChildren;
  readonly label: string;
  /** What the button shows. */
  readonly children: ComponentChildren;
  readonly isQuiet?: boolean;
}) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        class={styles.opener}
        data-quiet={isQuiet}
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        popovertarget={id}
      >
        {children}
      </button>
      <div
        id={id}
        popover="auto"
        class={styles.panel}
        role="dialog"
        aria-label={label}
        onBeforeToggle={place}
      >
        {content}
      </div>
    </>
  );
}

/** Below its button, or above it where there is no room, and within the window. */
function place({ currentTarget: panel, newState }: TargetedToggleEvent<HTMLElement>): void {
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
