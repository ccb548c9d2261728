import { useEffect, useId, useRef } from 'preact/hooks';
import { sessionChange, signIn } from '../state/session.ts';
import { text } from '../text.ts';
import styles from './SignIn.module.css';

/** Asks for a token, once: the browser keeps it as a cookie. */
export function SignIn() {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { problem, isLoading } = sessionChange;
  const failed = problem.value;
  useEffect(() => field.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn(field.current?.value.trim() ?? '');
  };
  return (
    <main class={styles.place}>
      <form class={styles.form} aria-busy={isLoading.value} onSubmit={submit}>
        <h1>{text.session.signIn}</h1>
        <p>{text.session.needed}</p>
        <input type="text" name="username" autocomplete="username" value="lms" readOnly hidden />
        <label for={id}>{text.session.token}</label>
        <input
          ref={field}
          id={id}
          class={styles.field}
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          required
          aria-invalid={failed !== undefined}
          aria-describedby={`${id}-problem`}
        />
        <p id={`${id}-problem`} class={styles.problem} role="alert">
          {failed?.detail}
        </p>
        <button type="submit" class={styles.submit} disabled={isLoading.value}>
          {text.session.signIn}
        </button>
      </form>
    </main>
  );
}
