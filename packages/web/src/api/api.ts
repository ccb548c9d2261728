import { LmsClient } from '../../../client/src/client.ts';
import { type Connection, jsonOf } from '../../../client/src/transport.ts';
import type { Answer, Query, RequestOptions } from '../../../client/src/types.ts';
import { watchedFetch } from './reach.ts';

const BASE = new URL('.', location.href);

/** The client of the server that this page came from. */
export const client = new LmsClient(BASE, { fetch: watchedFetch });

/** What the client has no method for goes the same way: its problems are the same. */
const connection: Connection = { base: BASE, headers: {}, fetch: watchedFetch };

/** What stands around an entry. */
export function readContext(
  id: string,
  query: Query<'entriesIdContext'>,
  { signal }: RequestOptions = {},
): Promise<Answer<'entriesIdContext'>> {
  const path = `api/v1/entries/${encodeURIComponent(id)}/context`;
  return jsonOf(connection, { path, query, signal });
}

/** The workers, and up to when all is stored. */
export function readWorkers({ signal }: RequestOptions = {}): Promise<Answer<'workers'>> {
  return jsonOf(connection, { path: 'api/v1/workers', signal });
}
