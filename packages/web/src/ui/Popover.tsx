import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { placeBeside } from './place-beside.ts';
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
        onBeforeToggle={placeBeside}
      >
        {content}
      </div>
    </>
  );
}
