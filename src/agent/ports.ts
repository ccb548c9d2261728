import type { LogEntry } from '../logs/entry.ts';

/**
 * One input of an agent: a file, or several that a glob finds, a socket, standard input. It finds lines, joins and
 * reads them (`EventReader`), and remembers how far it has come. The agent publishes what it hands over, and says
 * when that is confirmed.
 */
export interface Input {
  /** As whoever started it wrote it: a path, a glob, an address. */
  readonly name: string;
  readonly kind: 'files' | 'stream' | 'socket';
  /** Whether what is not confirmed comes again in the next run. Undefined: it does of files alone. */
  readonly isKept?: boolean;
  /**
   * Hands over events, oldest first, each batch as soon as there is something: at most 1,000 events, and unless it is
   * one of them not many megabytes. The next is asked for only once there is room for it. Ends when there will be nothing more (`once`, a pipe that was
   * closed), or soon after `stop` is aborted, with what was received handed over where it cannot be had again.
   * What fails in passing (a permission, a connection) is the input's own business: it goes on, and tells `status`.
   */
  batches(stop: AbortSignal): AsyncIterable<EventBatch>;
  /**
   * All events of a batch were confirmed by whoever takes them. Called once for each batch, in the order in which
   * they were handed over, and perhaps before the call for the batch before it is done: what is written down for
   * several at once is written once. Resolves once that is written down where the input writes it down.
   */
  confirm(batch: ConfirmedBatch): Promise<void>;
  /** How it stands. Cheap: it is asked for every few seconds. */
  status(): InputStatus;
  close(): Promise<void>;
}

/** Some events of an input. */
export interface EventBatch {
  /** Ready to be published; each has an identity that is the same when it is read again. */
  readonly entries: readonly LogEntry[];
  readonly counts: EventCounts;
  /** Where the input is once these are confirmed: its own business. */
  readonly place: unknown;
}

/** What is left of a batch once it was sent: its entries are not held any longer. */
export interface ConfirmedBatch extends Pick<EventBatch, 'counts' | 'place'> {
  /** The newest event time among its entries; undefined without any. */
  readonly newestTime?: string | undefined;
}

/** Lines of a batch, and what became of them: lines = read + unparsed + joined + refused. */
export interface EventCounts {
  readonly lines: number;
  /** Became an entry of their own, as their format has it. */
  readonly read: number;
  /** Became an entry as text, because their input's format does not fit them. */
  readonly unparsed: number;
  /** Became part of the entry before them: the further lines of a stack trace, the further pieces of a line. */
  readonly joined: number;
  /** Became no entry: blank, or such as no row can be. */
  readonly refused: number;
  readonly bytes: number;
}

/** What is known of an input. */
export interface InputStatus {
  readonly name: string;
  /** Told by name: what it does, or what it waits for. */
  readonly state: 'waiting' | 'reading' | 'ended' | 'failing';
  /** Why it is failing, in a line for a person. */
  readonly reason?: string | undefined;
  /** The format that was found or named; undefined: not known yet. */
  readonly format?: string | undefined;
  /** Bytes that are there and were not handed over; undefined where that cannot be known. */
  readonly bytesBehind?: number | undefined;
  /** Bytes that are there altogether, where that is known. */
  readonly bytesTotal?: number | undefined;
  /** The event time of the newest event that was confirmed, as a column holds it. */
  readonly newestTime?: string | undefined;
  /** Counts, by the names of metrics: reopened, rotated, truncated, lost_lines, spooled_bytes, … */
  readonly counters: Readonly<Record<string, number>>;
}

/** How lines of an input become events. */
export interface ReadOptions {
  /** Of lines that name none. Undefined: what the input itself is called, or the path of a file. */
  readonly service: string | undefined;
  /** A tag of entries whose lines name none. */
  readonly host: string;
  /** The name of a format, or `auto`. */
  readonly format: string;
  /** `auto`, `off`, or the pattern that begins an event. */
  readonly multiline: string;
  /** Added to each entry, where it has none of that name. */
  readonly tags: Readonly<Record<string, string>>;
  /** Of times that name none: an IANA name, or an offset. Undefined: UTC. */
  readonly zone?: string | undefined;
}

/** Takes entries for good: a topic, or a server's URL. */
export interface EntrySink {
  /**
   * Resolves once all are settled: confirmed, or refused for good. What fails in passing is tried again for as long
   * as it lasts, or until `stop` is aborted: then it rejects, and some may have been taken. Rejects with an
   * `LmsError` if it can take nothing at all until somebody mends that.
   */
  send(entries: readonly LogEntry[], stop: AbortSignal): Promise<Settled>;
  close(): Promise<void>;
}

/** What became of entries that were sent. */
export interface Settled {
  /** Entries that can never be taken, most often none. There may be more than are told of. */
  readonly refused: number;
  /** The first of them, by their places among those that were sent, and why: a line of text. */
  readonly reasons: readonly RefusedEntry[];
}

/** An entry that was refused. */
export interface RefusedEntry {
  readonly place: number;
  readonly reason: string;
}
