import type { ServerRecords } from '../access/records.ts';
import type { LiveTails } from '../live/live-tails.ts';
import type { LogEntry } from '../logs/entry.ts';
import type { DeadLetters, Log, Publisher } from '../pipeline/ports.ts';
import type { EntryDeleter } from '../query/answers/delete.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import type { Authentication } from './authentication.ts';
import type { CompatSettings } from './compat/all.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import type { TlsFiles } from './listening.ts';
import type { ServerEvents } from './server-events.ts';
import type { WebPage } from './web-page.ts';

/** What a server is made of. */
export interface ServerParts {
  readonly reader: EntryReader;
  /** Reads the database that is written to, where that is another one. */
  readonly primary?: (() => Promise<EntryReader>) | undefined;
  readonly deleter: EntryDeleter;
  readonly records: ServerRecords;
  readonly topic: Publisher;
  readonly deadLetters: DeadLetters;
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
  readonly authentication: Authentication;
  readonly log: Log;
  readonly release: string;
  readonly limits: ServerLimits;
  readonly reach: ServerReach;
  readonly compat: CompatSettings;
  /** Aborted, questions are answered with what was found so far, and it is not ready any more. */
  readonly stop: AbortSignal;
  /** What `/readyz` says besides, in words; absent: nothing. */
  readonly notes?: (() => readonly string[]) | undefined;
}

/** By whom it is reached, and how. */
export interface ServerReach {
  readonly tls?: TlsFiles | undefined;
  /** Origins of pages that may ask. */
  readonly corsOrigins: readonly string[];
  /** Addresses whose `X-Forwarded-…` is believed. */
  readonly trustProxy: readonly string[];
}

/** How much it takes on. */
export interface ServerLimits {
  readonly queryTimeBudgetMs: number;
  readonly queryRowBudget: number;
  readonly queriesAtOnce: number;
  /** Of one token. */
  readonly queriesAtOncePerToken: number;
  readonly queryWaitMs: number;
  /** Of a body that is read whole. */
  readonly maxBodyBytes: number;
  /** What all requests together hold in memory of what was sent. */
  readonly maxBytesInFlight: number;
  /** How often workers flush: no write waits much longer for its row. */
  readonly flushIntervalMs: number;
  /** Whether writes wait for their rows that nobody asks to. */
  readonly waitForStored: boolean;
}
