import { useSignal } from '@preact/signals';
import type { Who } from '../api/api.ts';
import { signOut, who } from '../state/session.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import styles from './SessionMenu.module.css';

/** The name that the server gives to those who need none. */
const EVERYBODY = 'everybody';

/** Who reads this page, and what he may. */
export function SessionMenu() {
  const reader = who.value;
  if (reader === undefined) return null;
  const isEverybody = reader.name === EVERYBODY;
  const name = isEverybody ? text.session.everybody : reader.name;
  return (
    <Popover
      isQuiet
      label={`${text.session.label}: ${name}`}
      content={isEverybody ? <p>{text.session.everybodyMay}</p> : <Reader reader={reader} />}
    >
      <span aria-hidden="true">◉</span>
      <span class={styles.name}>{name}</span>
    </Popover>
  );
}

function Reader({ reader: { name, scopes, services } }: { readonly reader: Who }) {
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
