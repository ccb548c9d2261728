import { type Connection, jsonOf } from '../../../client/src/transport.ts';
import type { Answer } from '../../../client/src/types.ts';
import { watchedFetch } from './reach.ts';

/** Who reads, and what he may. */
export type Session = Answer<'session'>;

const PATH = 'api/v1/session';
const BASE = new URL('.', location.href);
const connection: Connection = { base: BASE, headers: {}, fetch: watchedFetch };

/** Who this browser is to the server. */
export function readSession(): Promise<Session> {
  return jsonOf(connection, { path: PATH });
}

/** Makes a token the session of this browser: a cookie that no script reads. */
export function beginSession(token: string): Promise<Session> {
  const own: Connection = { ...connection, fetch: (input, init) => fetch(input, init) };
  return jsonOf(own, { path: PATH, method: 'POST', headers: { authorization: `Bearer ${token}` } });
}

/** Ends the session of this browser; the token stays. */
export async function endSession(): Promise<void> {
  await jsonOf(connection, { path: PATH, method: 'DELETE' });
}
