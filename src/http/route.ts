import type { IncomingHttpHeaders } from 'node:http';
import type { Grant, Scope } from '../access/grant.ts';
import type { ServerRecords } from '../access/records.ts';
import type { LiveTails } from '../live/live-tails.ts';
import type { LogEntry } from '../logs/entry.ts';
import type { Log } from '../pipeline/ports.ts';
import type { EntryDeleter } from '../query/answers/delete.ts';
import type { Means } from '../query/answers/page.ts';
import type { RequestBody } from './body.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import type { Problem } from './problems.ts';
import type { EntryPublisher } from './publishing.ts';
import type { ServerEvents } from './server-events.ts';
import type { WebPage } from './web-page.ts';

/** What an answer is sent as. */
export interface Answer {
  /** 200 if absent. */
  readonly status?: number;
  readonly contentType: string;
  /** Whole, or piece by piece. */
  readonly body: string | Uint8Array | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * A stream of events: each piece is sent at once, for as long as whoever asked is there. No more is taken from
   * the body than is read.
   */
  readonly isStream?: boolean;
  /** What is only known once a body of pieces has ended. */
  readonly trailers?: Readonly<Record<string, () => string>>;
}

/**
 * Asks the database in turn with others: see `QueryGate.inTurn`. Its reader shows what the bearer may see, by
 * the names that he knows. Aborted once whoever asked has gone, or the server ends.
 */
export type Ask = <T>(work: (means: Means) => Promise<T>, isPatient?: boolean) => Promise<T>;

/** A request, as far as routes look at it. */
export interface HttpRequest {
  readonly params: unknown;
  /** A text for each parameter, or several. */
  readonly query: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  /** The moment that times are measured from, in milliseconds since 1970: one for the whole request. */
  readonly nowMs: number;
  readonly requestId: string;
  readonly grant: Grant;
  /** Whether it came by TLS, as far as it and trusted proxies say. */
  readonly isSecure: boolean;
  readonly ask: Ask;
  /** The same of the database that is written to: what is deleted is looked for there, and not in a replica. */
  readonly askPrimary: Ask;
  readonly services: Services;
  /** Aborted once whoever asked has gone, or the server ends. */
  readonly signal: AbortSignal;
  /** Whether whoever asks may still do what he could when he asked, of what may last. Never rejects. */
  readonly isStillGranted: () => Promise<boolean>;
}

/** What routes work with beside the reader. */
export interface Services {
  readonly publisher: EntryPublisher;
  readonly deleter: EntryDeleter;
  readonly records: ServerRecords;
  readonly deadLetterBox: DeadLetterBox;
  /** Of records that name none. */
  readonly defaultService: string | undefined;
  /** What may be shown of the texts of a message that was not stored; all if absent. */
  readonly shown?: ((text: string) => string) | undefined;
  /** Whether workers do not keep an entry; absent: they keep all. */
  readonly isDiscarded?: ((entry: LogEntry) => boolean) | undefined;
  readonly events: ServerEvents;
  /** Live tails; absent: they are off. */
  readonly tails?: LiveTails | undefined;
  /** What a browser is shown at `/`. */
  readonly page: WebPage;
  /** How long writes may wait for their rows. */
  readonly waits: WaitLimits;
  readonly log: Log;
}

/** How long writes may wait for their rows. */
export interface WaitLimits {
  /** Whether they do that nobody asks to. */
  readonly isUsual: boolean;
  /** No wait is longer. */
  readonly maxMs: number;
  /** Aborted, waits end at once. */
  readonly stop: AbortSignal;
}

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

export type Method = (typeof METHODS)[number];

/** What is done at a path by a method. A GET answers HEAD, too. */
export interface Route {
  readonly method: Method;
  /** With `{name}` for a parameter. */
  readonly path: string;
  /** What a bearer must be allowed; absent: this is for everybody. */
  readonly scope?: Scope | undefined;
  /** The token that acts for whoever sends none, where clients can send none. */
  readonly token?: string | undefined;
  /** Throws `Problem`. */
  readonly respond: (request: HttpRequest) => Promise<Answer>;
  /**
   * What is answered instead of a problem of RFC 9457, also to whoever has no right token. `request` is as it
   * came.
   */
  readonly refuse?: (
    problem: Problem,
    request: { readonly headers: IncomingHttpHeaders; readonly requestId: string },
  ) => Answer;
}
