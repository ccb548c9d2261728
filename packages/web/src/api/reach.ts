import { type ReadonlySignal, signal } from '@preact/signals';

/** How long it is waited before each look whether the server is back; the last one from then on. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];
/** What a proxy says whose server does not answer. A slow one is another thing: asked again, it is as slow. */
const BAD_GATEWAY = 502;
const away = signal(false);
const tokenNeeded = signal(false);

/** Whether the server did not answer, and has not since. */
export const isServerAway: ReadonlySignal<boolean> = away;

/** Whether the server has asked for a token: there is no session, or its token was revoked. */
export const isTokenNeeded: ReadonlySignal<boolean> = tokenNeeded;

/** Whether an answer of this status, which is 0 without one, is as good as none. */
export function isNoAnswer(status: number): boolean {
  return status === 0 || status === BAD_GATEWAY;
}

/**
 * `fetch`, that notices whether the server answers and whom it answers. Once a token is needed nothing is asked any
 * more: a token that is none is counted each time, and then not even a right one is taken for a minute.
 */
export const watchedFetch: typeof fetch = async (input, init) => {
  if (tokenNeeded.peek()) return new Response(null, { status: 401 });
  try {
    const response = await fetch(input, init);
    if (response.status === 401) tokenNeeded.value = true;
    if (response.status === BAD_GATEWAY) void waitForServer();
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) void waitForServer();
    throw error;
  }
};

/** One request that fails is not yet a server that is away. */
async function waitForServer(): Promise<void> {
  if (away.peek() || (await doesServerAnswer()) || away.peek()) return;
  away.value = true;
  for (let n = 0; away.peek(); n += 1) {
    const waitMs = WAITS_MS[Math.min(n, WAITS_MS.length - 1)];
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (await doesServerAnswer()) away.value = false;
  }
}

/** Whether the server answers now. */
export async function doesServerAnswer(): Promise<boolean> {
  try {
    return (await fetch('livez')).ok;
  } catch {
    return false;
  }
}
