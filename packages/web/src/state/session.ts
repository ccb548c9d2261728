import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { LmsProblem } from '../../../client/src/problem.ts';
import { beginSession, endSession, readSession, type Who } from '../api/api.ts';
import { isSignedOut, signedIn } from '../api/reach.ts';
import { openChannel } from './channel.ts';
import { repeatRun } from './run.ts';

/** Why somebody could not sign in. */
export type SignInProblem =
  | { readonly kind: 'wrong' | 'mayNotRead' }
  | { readonly kind: 'tooMany'; readonly seconds: number }
  | { readonly kind: 'other'; readonly detail: string };

const current = signal<Who | undefined>(undefined);
let channel: BroadcastChannel | undefined;
/** The name of whom the lines that this page has are for; undefined: of nobody yet. */
let readBy: string | undefined;

/** Who reads; undefined as long as nobody has said it. */
export const who: ReadonlySignal<Who | undefined> = current;

/** Finds out who reads, and hears from the other tabs when that changes. */
export function startSession(): void {
  channel = openChannel('lms-session');
  if (channel !== undefined)
    channel.onmessage = () => {
      changed();
    };
  effect(() => {
    if (!isSignedOut.value) return;
    current.value = undefined;
    // A cookie that is good for nothing would be counted as a wrong token each time that something is asked.
    void endSession().catch(() => undefined);
  });
  void look();
}

/** Makes a token the session of this browser. Resolves to why that was refused, if it was. */
export async function signIn(token: string): Promise<SignInProblem | undefined> {
  try {
    const reader = await beginSession(token);
    channel?.postMessage('changed');
    if (isRead(reader)) changed();
    return undefined;
  } catch (error) {
    return problemOfSignIn(error);
  }
}

/** Ends the session, in all tabs. Resolves to whether it is over. */
export async function signOut(): Promise<boolean> {
  try {
    await endSession();
  } catch {
    return false;
  }
  channel?.postMessage('changed');
  // With the page goes all that it has: whoever signs in next may not read it.
  location.reload();
  return true;
}

/** What a refusal of a token means. */
function problemOfSignIn(error: unknown): SignInProblem {
  if (!(error instanceof LmsProblem)) return { kind: 'other', detail: String(error) };
  const { status, detail, details } = error;
  if (status === 401) return { kind: 'wrong' };
  if (status === 403) return { kind: 'mayNotRead' };
  if (status !== 429) return { kind: 'other', detail };
  return { kind: 'tooMany', seconds: Math.max(1, Math.ceil((details.retryAfterMs ?? 0) / 1_000)) };
}

/** Somebody else reads now: everything is asked again, and whether anything is answered shows at once. */
function changed(): void {
  signedIn();
  void look();
  repeatRun();
}

async function look(): Promise<void> {
  try {
    isRead(await readSession());
  } catch {
    // Whether somebody has to sign in is known by the status; the rest shows where something is asked for.
  }
}

/** Whether the page goes on, for this reader. What it has of another one's goes with it: it is loaded anew. */
function isRead(reader: Who): boolean {
  if (readBy !== undefined && readBy !== reader.name) {
    location.reload();
    return false;
  }
  readBy = reader.name;
  current.value = reader;
  return true;
}
