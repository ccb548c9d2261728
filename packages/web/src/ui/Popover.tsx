import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedToggleEvent } from 'preact';
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
  isNamedByContent = false,
}: {
  readonly content: ComponentChildren;
  readonly label: string;
  /** What the button shows. */
  readonly children: ComponentChildren;
  readonly isQuiet?: boolean;
  /** What the button shows says what it is; the label is that of the panel alone. */
  readonly isNamedByContent?: boolean;
}) {
  const name = isNamedByContent ? undefined : label;
  const id = useId();
  return (
    <>
      <button
        type="button"
        class={styles.opener}
        data-quiet={isQuiet}
        aria-label={name}
        title={name}
        aria-haspopup="dialog"
        popovertarget={id}
      >
        {children}
      </button>
      <Panel id={id} label={label}>
        {content}
      </Panel>
    </>
  );
}

function Panel({
  id,
  label,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  const isMade = useSignal(false);
  return (
    <div
      id={id}
      popover="auto"
      class={styles.panel}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onBeforeToggle={(event) => {
        isMade.value = true;
        placeBeside(event);
      }}
      onToggle={focusInside}
    >
      {isMade.value && children}
    </div>
  );
}

/** What is typed then is meant for the panel, and not for the keys of the page. */
function focusInside({ newState, currentTarget: panel }: TargetedToggleEvent<HTMLElement>): void {
  if (newState !== 'open' || panel.contains(document.activeElement)) return;
  const first = panel.querySelector<HTMLElement>('input, button:not(:disabled)') ?? panel;
  first.focus();
}
