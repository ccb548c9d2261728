import type { ComponentChildren } from 'preact';
import styles from './Button.module.css';

/** A button. `isOn` makes it one that is pressed or not. */
export function Button({
  children,
  onClick,
  label,
  isOn,
  isQuiet = false,
  isDisabled = false,
}: {
  readonly children: ComponentChildren;
  readonly onClick: (event: MouseEvent) => void;
  /** What it does, where its content does not say it. */
  readonly label?: string | undefined;
  readonly isOn?: boolean | undefined;
  /** Without an edge, among many. */
  readonly isQuiet?: boolean;
  readonly isDisabled?: boolean;
}) {
  return (
    <button
      type="button"
      class={styles.button}
      data-quiet={isQuiet}
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      disabled={isDisabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
