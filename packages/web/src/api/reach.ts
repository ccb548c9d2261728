import { type ReadonlySignal, signal } from '@preact/signals';

/** How long it is waited before something is tried again; the last one from then on. */
export const WAITS_MS = [500, 1_000, 2_000, 4_000];
/** What a proxy says whose server does not answer. A slow one is another thing: asked again, it is as slow. */
const BAD_GATEWAY = 502;
const away = signal(false);
const signedOut = signal(false);
/** How often somebody has signed in here: answers to what was asked before say nothing of him. */
let sessions = 0;
let waiting: Promise<void> | undefined;

/** Whether the server did not answer, and has not since. */
export const isServerAway: ReadonlySignal<boolean> = away;

/** Whether the server wants to know who asks before it says anything. */
export const isSignedOut: ReadonlySignal<boolean> = signedOut;

/** Somebody has signed in. */
export function signedIn(): void {
  sessions += 1;
  signedOut.value = false;
}

/** Whether an answer of this status, which is 0 without one, is as good as none. */
export function isNoAnswer(status: number): boolean {
  return status === 0 || status === BAD_GATEWAY;
}

/**
 * Asks as `fetch` does, and notices whether the server answers and whom it answers. Once somebody has to sign in,
 * nothing is asked any more: a token that is none is counted each time, and then not even a right one is taken for
 * a minute.
 */
export const watchedFetch: typeof fetch = async (input, init) => {
  if (signedOut.peek()) return new Response(null, { status: 401 });
  const session = sessions;
  try {
    const response = await fetch(input, init);
    if (response.status === 401 && session === sessions) signedOut.value = true;
    if (response.status === BAD_GATEWAY) void untilServerAnswers();
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) void untilServerAnswers();
    throw error;
  }
};

/** Waits until the server answers. One request that fails is not yet a server that is away. */
export function untilServerAnswers(): Promise<void> {
  return (waiting ??= lookForServer());
}

async function lookForServer(): Promise<void> {
  for (let n = 0; !(await doesServerAnswer()); n += 1) {
    away.value = true;
    await sleep(WAITS_MS[Math.min(n, WAITS_MS.length - 1)]);
  }
  away.value = false;
  waiting = undefined;
}

/** Ends after so many milliseconds. */
export function sleep(ms: number | undefined): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether the server answers now. */
export async function doesServerAnswer(): Promise<boolean> {
  try {
    return (await fetch('livez')).ok;
  } catch {
    return false;
  }
}
