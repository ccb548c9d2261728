import { useEffect } from 'preact/hooks';
import type { Session } from '../api/session.ts';
import { isSignedIn, loadSession, sessionChange, sessionPane, signOut } from '../state/session.ts';
import { text } from '../text.ts';
import { Button } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import styles from './SessionMenu.module.css';

/** Who reads this page, what he is shown, and the way out. */
export function SessionMenu() {
  useEffect(loadSession, []);
  const session = sessionPane.value.value;
  if (session === undefined || !isSignedIn(session)) return null;
  return (
    <Popover isQuiet label={text.session.who(session.name)} content={<SessionPanel session={session} />}>
      <span class={styles.name}>{session.name}</span>
    </Popover>
  );
}

function SessionPanel({ session: { name, scopes, services } }: { readonly session: Session }) {
  return (
    <div class={styles.panel}>
      <dl>
        <dt>{text.session.token}</dt>
        <dd>{name}</dd>
        <dt>{text.session.scopes}</dt>
        <dd>{scopes.join(', ')}</dd>
        <dt>{text.session.services}</dt>
        <dd>{services === null ? text.session.allServices : services.join(', ')}</dd>
      </dl>
      <p class={styles.problem} role="alert">
        {sessionChange.problem.value?.detail}
      </p>
      <Button onClick={signOut} isDisabled={sessionChange.isLoading.value}>
        {text.session.signOut}
      </Button>
    </div>
  );
}
