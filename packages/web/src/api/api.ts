import type { operations } from '../../../client/src/openapi.ts';
import { readPage } from '../../../client/src/paging.ts';
import { readTail, type TailOptions, type TailQuestion } from '../../../client/src/tailing.ts';
import { answerTo, type Connection, jsonOf, reached } from '../../../client/src/transport.ts';
import type {
  Answer,
  EntriesPage,
  PageQuestion,
  Query,
  Question,
  RequestOptions,
  TailEntry,
} from '../../../client/src/types.ts';
import { watchedFetch } from './reach.ts';

const BASE = new URL('.', location.href);

const connection: Connection = { base: BASE, headers: {}, fetch: watchedFetch };

/** A wrong token is said where it was typed, and is no news to the page. */
const unwatched: Connection = { ...connection, fetch: (input, init) => fetch(input, init) };

const SESSION = 'api/v1/session';

/** Asks the server that this page came from: of the client library, what the page has a use for. */
export const client = {
  /** A page of the entries that match. */
  entries(question: PageQuestion, { signal }: RequestOptions = {}): Promise<EntriesPage> {
    return readPage(connection, question, signal);
  },
  /** How many entries match. */
  count(query: Question, { signal }: RequestOptions = {}): Promise<Answer<'entriesCount'>> {
    return jsonOf(connection, { path: 'api/v1/entries/count', query, signal });
  },
  /** How many match over time. */
  histogram(query: Query<'histogram'>, { signal }: RequestOptions = {}): Promise<Answer<'histogram'>> {
    return jsonOf(connection, { path: 'api/v1/histogram', query, signal });
  },
  /** The values of a field, with how many entries have them. */
  values(query: Query<'values'>, { signal }: RequestOptions = {}): Promise<Answer<'values'>> {
    return jsonOf(connection, { path: 'api/v1/values', query, signal });
  },
  /** Every service, with its entries and errors. */
  services({ signal }: RequestOptions = {}): Promise<Answer<'services'>> {
    return jsonOf(connection, { path: 'api/v1/services', signal });
  },
  /** Entries that match, as they come. */
  tail(question: TailQuestion, options: TailOptions): AsyncGenerator<TailEntry, void, undefined> {
    return readTail(connection, question, options);
  },
};

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

/** Who reads, and what he may. */
export type Who = Answer<'session'>;

/** Who asks. */
export function readSession({ signal }: RequestOptions = {}): Promise<Who> {
  return jsonOf(connection, { path: SESSION, signal });
}

/** Makes a token the cookie of this browser. It is kept nowhere else. */
export function beginSession(token: string): Promise<Who> {
  const headers = { authorization: `Bearer ${token}` };
  return jsonOf(unwatched, { path: SESSION, method: 'POST', headers });
}

/** The cookie goes. */
export function endSession(): Promise<Answer<'deleteSession'>> {
  return jsonOf(unwatched, { path: SESSION, method: 'DELETE' });
}

/** An entry as the server writes it: its numbers have all their digits. */
export async function readEntryText(id: string, { signal }: RequestOptions = {}): Promise<string> {
  const path = `api/v1/entries/${encodeURIComponent(id)}`;
  const response = await answerTo(connection, { path, signal });
  return reached(connection, signal, () => response.text());
}

/** The saved searches. */
export function readSearches({ signal }: RequestOptions = {}): Promise<Answer<'searches'>> {
  return jsonOf(connection, { path: 'api/v1/searches', signal });
}

/** What is saved of a search. */
export type NewSearch = operations['putSearchesId']['requestBody']['content']['application/json'];

/** Saves a search, or changes the one of this id. */
export function saveSearch(id: string, search: NewSearch): Promise<Answer<'putSearchesId'>> {
  const headers = { 'content-type': 'application/json' };
  return jsonOf(connection, { path: searchPath(id), method: 'PUT', headers, body: JSON.stringify(search) });
}

/** Deletes a saved search. */
export function deleteSearch(id: string): Promise<Answer<'deleteSearchesId'>> {
  return jsonOf(connection, { path: searchPath(id), method: 'DELETE' });
}

function searchPath(id: string): string {
  return `api/v1/searches/${encodeURIComponent(id)}`;
}
