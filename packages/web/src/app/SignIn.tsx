import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { signIn, type SignInProblem } from '../state/session.ts';
import { text } from '../text.ts';
import styles from './SignIn.module.css';

/** Asks for a token, once. It is sent as a header, and stays in no address and no storage. */
export function SignIn() {
  const problem = useSignal<string | undefined>(undefined);
  const isAsking = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    problem.value = token === '' ? text.session.empty : undefined;
    if (token === '' || isAsking.peek()) return;
    isAsking.value = true;
    const refused = await signIn(token);
    isAsking.value = false;
    if (refused === undefined) return;
    problem.value = said(refused);
    field.current?.select();
  };
  return (
    <main class={styles.place} id="lines">
      <form class={styles.form} method="post" aria-label={text.session.signIn} onSubmit={submit}>
        <h1>{text.session.signIn}</h1>
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

function said(problem: SignInProblem): string {
  switch (problem.kind) {
    case 'wrong':
      return text.session.wrong;
    case 'mayNotRead':
      return text.session.mayNotRead;
    case 'tooMany':
      return text.session.tooMany(problem.seconds);
    case 'other':
      return problem.detail;
  }
}
