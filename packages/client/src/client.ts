import { readPage, readPages } from './paging.ts';
import { sendEntries } from './sending.ts';
import { readTail, type TailOptions, type TailQuestion } from './tailing.ts';
import { type Connection, jsonOf } from './transport.ts';
import type {
  Answer,
  Deletable,
  Deleted,
  EntriesPage,
  Entry,
  NewEntry,
  PageQuestion,
  Query,
  Question,
  RequestOptions,
  SendOptions,
  Sent,
  TailEntry,
} from './types.ts';
import { waitForEntry, type WaitOptions } from './waiting.ts';

/** The most that a server has in a page. */
const MAX_ENTRIES = 1_000;

/** How a server is asked. */
export interface ClientOptions {
  /** What `lms token create` made. */
  readonly token?: string | undefined;
  /** Instead of the global one, for tests and proxies. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * Asks an LMS server. What it refuses, and that it does not answer, is an `LmsProblem`; what is aborted rejects
 * with the reason of its signal.
 */
export class LmsClient {
  readonly #connection: Connection;
  readonly #madeAt = new Date().toISOString();

  /** Throws TypeError if `url` is none: `http://127.0.0.1:8080`, or a path in a page. */
  constructor(url: string | URL, { token, fetch: given }: ClientOptions = {}) {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    const base = new URL(url, page);
    // What is asked for lies below it, whether or not it was written with a slash at its end.
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#connection = {
      base,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      // Called as a function of its own: browsers refuse it as a method of anything else.
      fetch: given ?? ((input, init) => fetch(input, init)),
    };
  }

  /** A page of the entries that match, the newest first unless the order is another. */
  entries(question: PageQuestion = {}, { signal }: RequestOptions = {}): Promise<EntriesPage> {
    return readPage(this.#connection, question, signal);
  }

  /** That page and all behind it; each is asked for when it is wanted. */
  pages(
    question: PageQuestion = {},
    { signal }: RequestOptions = {},
  ): AsyncGenerator<EntriesPage, void, undefined> {
    return readPages(this.#connection, question, signal);
  }

  /** Every entry that matches, read page by page as they are taken. */
  async *all(
    question: Question & Pick<PageQuestion, 'order'> = {},
    options: RequestOptions = {},
  ): AsyncGenerator<Entry, void, undefined> {
    for await (const { entries } of this.pages({ ...question, limit: MAX_ENTRIES }, options)) yield* entries;
  }

  /** One entry by its `id`. */
  entry(id: string, { signal }: RequestOptions = {}): Promise<Entry> {
    return jsonOf(this.#connection, { path: `api/v1/entries/${encodeURIComponent(id)}`, signal });
  }

  /** How many entries match. */
  count(question: Question = {}, options: RequestOptions = {}): Promise<Answer<'entriesCount'>> {
    return this.#get('entries/count', question, options);
  }

  /** How many match over time. */
  histogram(question: Query<'histogram'> = {}, options: RequestOptions = {}): Promise<Answer<'histogram'>> {
    return this.#get('histogram', question, options);
  }

  /** The values of a field, with how many entries have them. */
  values(question: Query<'values'>, options: RequestOptions = {}): Promise<Answer<'values'>> {
    return this.#get('values', question, options);
  }

  /** Every service, with its entries and errors. */
  services(options: RequestOptions = {}): Promise<Answer<'services'>> {
    return this.#get('services', {}, options);
  }

  /**
   * Entries that match, as they are published, each once. It opens its connection again whenever that ends, and
   * looks up what it missed. It ends when it is not read any more, or its signal is aborted.
   */
  tail(question: TailQuestion = {}, options: TailOptions = {}): AsyncGenerator<TailEntry, void, undefined> {
    return readTail(this.#connection, question, options);
  }

  /**
   * The first entry that matches an expression, among those since this client was made (`since`) and those to
   * come: for tests of what logs it. Rejects with NOT_FOUND_IN_TIME after `timeoutMs`.
   */
  waitFor(q: string, { since = this.#madeAt, tz, ...options }: WaitOptions = {}): Promise<TailEntry> {
    return waitForEntry(this.#connection, { q, since, tz }, options);
  }

  /**
   * Sends entries. Once it resolves, those that it says were accepted will be stored. It tries again while the
   * server cannot take them, and each counts once.
   */
  send(entries: NewEntry | readonly NewEntry[], options: SendOptions = {}): Promise<Sent> {
    return sendEntries(this.#connection, [entries].flat(), options);
  }

  /**
   * Says how many entries match, and deletes nothing; with the `confirm` of that answer and the same question, it
   * deletes them.
   */
  delete(question: Question & { readonly confirm: string }, options?: RequestOptions): Promise<Deleted>;
  delete(question: Question & { readonly confirm?: undefined }, options?: RequestOptions): Promise<Deletable>;
  delete(
    question: Question & { readonly confirm?: string | undefined },
    { signal }: RequestOptions = {},
  ): Promise<Answer<'deleteEntries'>> {
    return jsonOf(this.#connection, { path: 'api/v1/entries', method: 'DELETE', query: question, signal });
  }

  #get<T>(path: string, query: object, { signal }: RequestOptions): Promise<T> {
    return jsonOf(this.#connection, { path: `api/v1/${path}`, query, signal });
  }
}
