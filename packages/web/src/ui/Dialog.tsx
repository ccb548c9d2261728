import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../text.ts';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';

/** A dialog over the page, open as long as it is there. Escape and a click beside it close it. */
export function Dialog({
  title,
  close,
  children,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => place.current?.showModal(), []);
  return (
    <dialog
      ref={place}
      class={styles.dialog}
      aria-label={title}
      onClose={close}
      onClick={(event) => {
        if (event.target === place.current) close();
      }}
    >
      <header class={styles.head}>
        <h2>{title}</h2>
        <Button isQuiet label={text.app.close} onClick={close}>
          ✕
        </Button>
      </header>
      <div class={styles.body}>{children}</div>
    </dialog>
  );
}
