import { useSignal } from '@preact/signals';
import type { Who } from '../api/api.ts';
import { signOut } from '../state/session.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Reader.module.css';

/** What somebody who signed in may read, and how he signs out. */
export function Reader({ reader: { name, scopes, services } }: { readonly reader: Who }) {
  const hasFailed = useSignal(false);
  return (
    <div class={styles.menu}>
      <p>
        <b>{name}</b>
      </p>
      <dl>
        <dt>{text.session.may}</dt>
        <dd>{scopes.map((scope) => text.session.scopes[scope]).join(', ')}</dd>
        <dt>{text.session.services}</dt>
        <dd>{services?.join(', ') ?? text.session.allServices}</dd>
      </dl>
      {hasFailed.value && (
        <p class={styles.problem} role="alert">
          {text.session.signOutFailed}
        </p>
      )}
      <Button
        onClick={() => {
          void signOut().then((isOver) => (hasFailed.value = !isOver));
        }}
      >
        {text.session.signOut}
      </Button>
    </div>
  );
}
