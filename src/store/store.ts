import type { StoredEntry } from '../logs/entry.ts';
import type { Severity } from '../logs/severity.ts';
import type { LogStore } from '../pipeline/ports.ts';
import type { DeletionFor, RangeDeleted, RangeDeletion, RowKey } from '../retention/ports.ts';
import type { Heartbeat } from './processes.ts';
import type { TagIndex } from './tags/tag-index.ts';
import type { WorkLease } from './work-leases.ts';

/**
 * The database: what the worker writes to, and what the commands that look after it need. Its reads throw
 * `LmsError`.
 */
export interface Store extends LogStore {
  /**
   * Brings the tables to the newest version that this program knows; several processes may do so at once.
   * Newer ones stay as they are. Throws SCHEMA_VERSION if those need a newer program.
   */
  migrate(): Promise<SchemaStatus>;
  /** Which version the tables have. Throws SCHEMA_VERSION if they need a newer program. */
  schemaStatus(): Promise<SchemaStatus>;
  /**
   * Rows of events before this time may stand under the event id as releases of schema version 1 made it. An
   * hour after the tables came to version 2 (`YYYY-MM-DD HH:MM:SS.ffffff`, UTC, the database's clock), for
   * workers of the release before still run then; undefined if they never held a row before.
   */
  scopedSince(): Promise<string | undefined>;
  /**
   * A line for each thing about the database that the operator should know of, mostly none. What the user may
   * not see is not warned about. Needs no tables.
   */
  warnings(): Promise<readonly string[]>;
  /** Compares the three tables with each other in one snapshot: right while workers write. */
  verify(): Promise<Verification>;
  /**
   * Finds the counts that differ from the rows, in one snapshot; with `apply` adds each difference to its
   * count, in one transaction. Right while workers write: what they add meanwhile stays. Of several repairs
   * at once each waits for the one before. Transient failures are retried for a minute; after any failure it
   * may be called again.
   */
  repair(options: { readonly apply: boolean }): Promise<Repair>;
  /** Whether readers use the sums of `lms_rollups`. Cheap. */
  rollupsInUse(): Promise<boolean>;
  /**
   * Brings the sums of `lms_rollups` into step with the counts by minute, a day in each transaction, and lets
   * readers use them. Right while workers write, those of the release before included; as long as these do,
   * readers do without. Transient failures are retried for a minute; after any failure it may be called again.
   */
  fillRollups(options?: FillOptions): Promise<RollupCheck>;
  /**
   * The event id of every row whose id begins with `prefix` (printable ASCII): once for each row, in no order
   * that means something. Reads an index from end to end, never the rows; memory does not grow with them.
   */
  eventIds(prefix: string): AsyncIterable<string>;
  /**
   * Every row in the order of `(timestamp, eventId)`, read page by page: memory does not grow with the table.
   */
  entries(): AsyncIterable<StoredEntry>;
  /**
   * Deletes the rows of these keys that are still there, and takes them off the counts, in one transaction;
   * resolves to their number. Right while workers write; a message that is delivered again after its row was
   * deleted is stored again. Transient failures are retried for a minute. A row whose deletion was committed
   * without a reply is not in the number.
   */
  deleteEntries(keys: readonly RowKey[], on?: DeletionFor): Promise<number>;
  /**
   * Deletes the oldest rows of a range, about `maxRows` of them, and takes them off the counts, in one
   * transaction; the range may be begun again where it ended. Right while workers write: what comes in behind the
   * place that it has reached is left. Rows of a few services and severities are found without reading the others;
   * with a filter all are read, `maxRows` of them.
   * Transient failures are retried for a minute. Rows whose deletion was committed without a reply are not in the
   * number.
   */
  deleteRange(range: RangeDeletion, on?: DeletionFor): Promise<RangeDeleted>;
  /** The indexes of tags, in the order of their names. */
  tagIndexes(): Promise<readonly TagIndex[]>;
  /**
   * Adds the index of a tag, or finishes one that was begun, while others read and write; SQLite has them wait. Of
   * several at once each does what the others have not done. Throws INDEX if that is not possible: then nothing
   * has changed.
   */
  addTagIndex(tag: string): Promise<void>;
  /** Drops the index of a tag; resolves to whether there was one. Throws INDEX if that is not possible. */
  dropTagIndex(tag: string): Promise<boolean>;
  /** Cheap at any size: read from the counts, which are in step with the rows. */
  totals(): Promise<Totals>;
  /**
   * Writes the row of a process of ours: one small statement, on a connection that no write waits for. `look`
   * is called when that is there, so that what it says is of the time in the row. Throws `StoreError` only.
   */
  beat(look: () => Heartbeat): Promise<void>;
  /** Removes the rows of processes that were not seen for a day. Throws `StoreError` only. */
  forgetProcesses(): Promise<void>;
}

/** How sums are filled. */
export interface FillOptions {
  /** Aborted, no further day is begun: rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each day. */
  readonly onDay?: ((progress: { readonly done: number; readonly of: number }) => void) | undefined;
  /** Each transaction is protected by it: LEASE_LOST once it is lost. */
  readonly lease?: WorkLease | undefined;
}

/** Versions of the tables. */
export interface SchemaStatus {
  /**
   * Version of the tables; 0 before the first migration. May be newer than `known`: then they still let this
   * program run.
   */
  readonly current: number;
  /** Newest version that this program knows. */
  readonly known: number;
  /** What `migrate` would do, oldest first. */
  readonly pending: readonly MigrationName[];
}

/** One step of the schema. */
export interface MigrationName {
  readonly version: number;
  readonly name: string;
}

/** How much is stored. */
export interface Totals {
  readonly rows: number;
}

/** What the three tables say of the same rows. They agree when all three numbers are equal. */
export interface CountComparison {
  /** Rows of `service_logs`. */
  readonly rows: number;
  /** Sum of `service_severity.count`. */
  readonly counted: number;
  /** Sum of `service_severity_minutes.count`. */
  readonly countedByMinute: number;
}

/** What they say of one service and severity. */
export interface KeyComparison extends CountComparison {
  readonly serviceName: string;
  readonly severity: Severity;
}

/** A count of `service_severity` that differs from the rows. Numbers beyond 2^53 are rounded. */
export interface CountDifference {
  readonly serviceName: string;
  readonly severity: Severity;
  readonly rows: number;
  readonly counted: number;
}

/** A minute for which `service_severity_minutes` and the rows differ. */
export interface MinuteDifference extends CountDifference {
  /** Start of the minute, UTC, as `YYYY-MM-DD HH:MM:00`. */
  readonly minute: string;
}

/** The counts of one table that differ from the rows. */
export interface WrongCounts<Difference> {
  readonly total: number;
  /** The first 100 of them, in order. */
  readonly first: readonly Difference[];
}

/** What a repair found, and mended if it was told to. */
export interface Repair {
  /** In `service_severity`. */
  readonly counts: WrongCounts<CountDifference>;
  /** In `service_severity_minutes`. */
  readonly minutes: WrongCounts<MinuteDifference>;
  /** In `lms_rollups`, compared with the counts by minute. */
  readonly rollups: RollupCheck;
}

/** How the sums of counts stand. */
export interface RollupCheck {
  /** Whether readers use them: otherwise they add up the counts by minute, which nothing has to be right for. */
  readonly inUse: boolean;
  /** How many differ, or did before they were mended. */
  readonly wrong: number;
}

/** Whether the three tables agree, and where not. */
export interface Verification {
  readonly agree: boolean;
  readonly total: CountComparison;
  /** Every service and severity that any of the tables knows, in order. */
  readonly keys: readonly KeyComparison[];
  /** Those of `keys` whose numbers differ. */
  readonly differences: readonly KeyComparison[];
  /** The first 100 minutes that differ, oldest first. */
  readonly minuteDifferences: readonly MinuteDifference[];
  readonly rollups: RollupCheck;
}
