import type { Severity } from './severity.ts';

/**
 * A valid log line: what becomes a row of `service_logs`. Every value fits its column, so a store need not
 * check again.
 */
export interface LogEntry {
  /**
   * The event's own time in UTC as `YYYY-MM-DD HH:MM:SS.ffffff`, years 1000 to 9999. With `eventId`, the
   * row's key.
   */
  readonly timestamp: string;
  /**
   * Identity of the event: 1 to 64 printable ASCII characters without spaces. Equal for every copy of one
   * event.
   */
  readonly eventId: string;
  /**
   * The id under which a release before this one may have stored the same event; absent if it cannot have. A
   * row with it is this event if its timestamp and its service are the same, too.
   */
  readonly earlierEventId?: string;
  /** 1 to 100 Unicode characters, well-formed, no white space at either end. */
  readonly serviceName: string;
  readonly severity: Severity;
  /** Any well-formed Unicode text. */
  readonly payload: string;
  /** JSON text of an object with whatever else the message carried, or null. */
  readonly tags: string | null;
}

/** An entry that was found, whether it is stored already or not. */
export interface FoundEntry extends LogEntry {
  /** Of a row that was read: when it was written, UTC as `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly createdAt?: string | undefined;
}

/** A row of `service_logs`. */
export interface StoredEntry extends LogEntry {
  /** When the row was written: UTC, as `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly createdAt: string;
}
