import { type ReadonlySignal, signal } from '@preact/signals';

const current = signal(false);
/** How often somebody has signed in here: answers to what was asked before say nothing of him. */
let sessions = 0;

/** Whether the server wants to know who asks before it says anything. */
export const isSignedOut: ReadonlySignal<boolean> = current;

/** Somebody has signed in. */
export function signedIn(): void {
  sessions += 1;
  current.value = false;
}

/** Asks as `fetch` does, and learns from every answer whether whoever asks has to sign in. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const session = sessions;
  const response = await fetch(input, init);
  if (response.status === 401 && session === sessions) current.value = true;
  return response;
};
