import type { operations } from './openapi.ts';

/** What a request of this name is answered with, of whatever good status. */
export type Answer<Name extends keyof operations> = operations[Name]['responses'] extends infer Responses
  ? {
      [Status in keyof Responses & number]: Responses[Status] extends {
        content: { 'application/json': infer Body };
      }
        ? Body
        : never;
    }[keyof Responses & number]
  : never;

/** Its parameters. */
export type Query<Name extends keyof operations> = Absentable<
  NonNullable<operations[Name]['parameters']['query']>
>;

/** What may be absent may be undefined, too. */
type Absentable<T> = {
  readonly [Key in keyof T]: undefined extends T[Key] ? T[Key] | undefined : T[Key];
};

/** Which entries are meant: an expression of the query language, and times, relative or RFC 3339. */
export type Question = Pick<Query<'entries'>, 'q' | 'since' | 'until' | 'tz'>;

/** An entry as it is stored. */
export type Entry = Answer<'entriesId'>;

/** An entry of a tail: one that is not stored yet has no `created_at`. */
export type TailEntry = Omit<Entry, 'created_at'> & Partial<Pick<Entry, 'created_at'>>;

/** What a page is asked for with. */
export interface PageQuestion extends Question, Pick<Query<'entries'>, 'order' | 'cursor' | 'explain'> {
  /** How many entries at most: 1 to 1,000, 100 if absent. */
  readonly limit?: number | undefined;
}

/** A page of entries. */
export interface EntriesPage extends Omit<Answer<'entries'>, 'entries'> {
  readonly entries: readonly Entry[];
}

/** What every request may be given. */
export interface RequestOptions {
  /** Ends it: it rejects with the signal's reason then. */
  readonly signal?: AbortSignal | undefined;
}

/** A record to be taken in: of ours, or of any format that the server knows. */
export interface NewEntry {
  readonly service_name?: string;
  readonly payload?: string;
  readonly severity?: string;
  /** When it happened: RFC 3339, or anything that JSON writes so, such as a `Date`. */
  readonly timestamp?: string | Date;
  /** What tells it from others of its service and time: sent twice, it counts once. */
  readonly event_id?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
  /** Every other member becomes a tag. */
  readonly [name: string]: unknown;
}

/** How entries are sent. */
export interface SendOptions extends RequestOptions {
  /** Waits so long, at most, until they are stored: then `isStored` is true. For up to 1,000 entries. */
  readonly waitSeconds?: number | undefined;
  /** Tries again for so long while the server cannot take them, or cannot be reached; 30,000 if absent. */
  readonly retryForMs?: number | undefined;
  /** What this request is known by if it is sent again; a random one if absent. */
  readonly idempotencyKey?: string | undefined;
  /** The service of entries that name none. */
  readonly service?: string | undefined;
}

/** What became of entries that were sent. */
export type Sent = Answer<'postEntries'> & {
  /** All that were accepted can be read; otherwise they will be, soon. */
  readonly isStored: boolean;
};

/** What a deletion would delete. */
export type Deletable = Extract<Answer<'deleteEntries'>, { matching: number }>;

/** What it deleted. */
export type Deleted = Extract<Answer<'deleteEntries'>, { deleted: number }>;
