import { beginSession, endSession, readSession, type Session } from '../api/session.ts';
import { createPane } from './pane.ts';

/** Who reads. */
export const sessionPane = createPane<Session>();
/** The request to begin a session, or to end it. */
export const sessionChange = createPane<true>();

/** Whether somebody signed in: a server without tokens knows `everybody` alone. */
export function isSignedIn({ name }: Session): boolean {
  return name !== 'everybody';
}

export function loadSession(): void {
  void sessionPane.load(readSession);
}

/** Signs in. Everything is asked anew then: nothing of what was shown before stays. */
export function signIn(token: string): void {
  void sessionChange.load(async () => {
    await beginSession(token);
    location.reload();
    return true as const;
  });
}

/** Signs out; nothing that was shown stays. */
export function signOut(): void {
  void sessionChange.load(async () => {
    await endSession();
    location.reload();
    return true as const;
  });
}
