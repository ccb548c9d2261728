import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { signIn, type SignInProblem } from '../state/session.ts';
import { text } from '../text.ts';
import styles from './SignIn.module.css';

const problem = signal<string | undefined>(undefined);
const isAsking = signal(false);

/** Asks for a token, once. It is sent as a header, and stays in no address and no storage. */
export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    void tryToken(field.current?.value.trim() ?? '').then(() => field.current?.select());
  };
  return (
    <main class={styles.place} id="lines">
      <form class={styles.form} method="post" aria-label={text.session.signIn} onSubmit={submit}>
        <h2>{text.session.signIn}</h2>
        <p>{text.session.signInWhy}</p>
        <label for="token">{text.session.token}</label>
        {/* By this name what keeps passwords knows it again. */}
        <input type="text" name="username" autocomplete="username" value="LMS" readOnly hidden />
        <input
          ref={field}
          id="token"
          name="password"
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          aria-describedby="token-problem"
          aria-invalid={problem.value !== undefined}
        />
        <p id="token-problem" class={styles.problem} role="alert">
          {problem.value}
        </p>
        <button type="submit" class={styles.submit} disabled={isAsking.value}>
          {isAsking.value ? text.session.signingIn : text.session.signIn}
        </button>
        <p>{text.session.keptAs}</p>
      </form>
    </main>
  );
}

async function tryToken(token: string): Promise<void> {
  problem.value = token === '' ? text.session.empty : undefined;
  if (token === '' || isAsking.peek()) return;
  isAsking.value = true;
  const refused = await signIn(token);
  isAsking.value = false;
  problem.value = refused === undefined ? undefined : said(refused);
}

function said(refused: SignInProblem): string {
  switch (refused.kind) {
    case 'wrong':
      return text.session.wrong;
    case 'mayNotRead':
      return text.session.mayNotRead;
    case 'tooMany':
      return text.session.tooMany(refused.seconds);
    case 'other':
      return refused.detail;
  }
}
