import type { EntryKey, KeyCount } from '../query/answers/ports.ts';
import type { Filter } from '../query/filter.ts';

/** A service and one of its severities. */
export type ServiceSeverity = Pick<KeyCount, 'serviceName' | 'severity'>;

/** The key of a row, and perhaps what it counts as: as it was read. */
export type RowKey = EntryKey & Partial<ServiceSeverity>;

/** For whom rows are deleted. Each part of it is changed in the transaction that deletes the rows. */
export interface DeletionFor {
  /** Protects the transaction: LEASE_LOST once it is lost. */
  readonly lease?: { readonly name: string; readonly owner: string } | undefined;
  /** The rule that has it on its account: of a version of the rules, and its place there, from 0. */
  readonly rule?: { readonly version: number; readonly place: number } | undefined;
  /** What it was decided by: RULES_CHANGED, with nothing deleted, if that is no longer so when it is to be committed. */
  readonly basis?: DeletionBasis | undefined;
  /** Aborted, what fails in passing is not tried again. A transaction that is under way comes to its end. */
  readonly signal?: AbortSignal | undefined;
}

/** What a deletion by rules is decided by. */
export interface DeletionBasis {
  /** The version of the rules in force; undefined: whichever it is. */
  readonly version: number | undefined;
  /** The ids of the holds that are left out. */
  readonly holds: readonly string[];
}

/** Rows of a time that are deleted: all, or some. */
export interface RangeDeletion {
  /** The first time, and the first behind the last, as a column holds them. `from` absent: since ever. */
  readonly from?: string | undefined;
  readonly to: string;
  /** The key before the first that is left to look at: where an earlier piece ended. */
  readonly after?: EntryKey | undefined;
  /** Rows of these alone; at least one; of all if absent. */
  readonly only?: readonly ServiceSeverity[] | undefined;
  /** Rows that it matches alone: each is looked at. Not together with `only`. */
  readonly filter?: Filter | undefined;
  /** About so many rows are deleted, or looked at if there is a filter, in one transaction; at least 1. */
  readonly maxRows: number;
}

/** What became of a piece of a range. */
export interface RangeDeleted {
  readonly deleted: number;
  /** Rows that were looked at, if there is a filter. */
  readonly looked?: number | undefined;
  /** Up to here all is done, oldest first; absent: nothing is left in the range. */
  readonly end?: EntryKey | undefined;
}

/** The write side of the database, as far as it deletes. Transient failures are retried for a minute. */
export interface RowDeleter {
  /**
   * Deletes the rows of these keys that are still there, in one transaction with what counts them; resolves to
   * their number. Faster where it is known what all of them count as; whether they still do is looked at.
   */
  deleteEntries(keys: readonly RowKey[], on?: DeletionFor): Promise<number>;
  /** Deletes the oldest rows of a range, in one transaction with what counts them. What it did not count stays. */
  deleteRange(range: RangeDeletion, on?: DeletionFor): Promise<RangeDeleted>;
}

/** A set of rules. */
export interface RuleSet {
  /** Counts up from 1. */
  readonly version: number;
  /** As `printRules` writes them. */
  readonly rules: string;
  readonly appliedAt: string;
  /** Who did: a user on a host, or the setting RETENTION of a host. */
  readonly appliedBy: string;
}

/** The account of a rule. */
export interface RuleAccount {
  readonly place: number;
  readonly deletedRows: number;
  /** Nothing older is left that the rule would delete, as of its last run. */
  readonly doneTo: string | undefined;
  readonly lastRunAt: string | undefined;
}

/** A time of which nothing is deleted for now. */
export interface Hold {
  readonly id: string;
  /** The first time that it holds, and the first behind it. */
  readonly from: string;
  readonly to: string;
  readonly until: string;
  readonly reason: string;
}

/** What the database says of retention. Times are UTC as a column holds them; `now` is its own clock. */
export interface RetentionState {
  readonly now: string;
  /** Undefined: none was ever applied, and nothing is deleted. */
  readonly ruleSet: RuleSet | undefined;
  /** Of the rules of this set, by place; a rule that never ran may be missing. */
  readonly accounts: readonly RuleAccount[];
  /** Those that are not over. */
  readonly holds: readonly Hold[];
}

/** Rules, accounts and holds in the database. Rejects with `LmsError`. */
export interface RetentionBook {
  state(): Promise<RetentionState>;
  /**
   * Puts a set of rules in force. With `ifNone`, only where there never was one. Resolves to the set in force:
   * the one of before, if that says the same.
   */
  apply(rules: string, options: { readonly by: string; readonly ifNone?: boolean }): Promise<RuleSet>;
  /** The sets that were in force, newest first. */
  history(): Promise<readonly RuleSet[]>;
  /** A run of a rule came to its end: nothing older than `doneTo` is left of it. */
  ran(rule: { readonly version: number; readonly place: number; readonly doneTo: string }): Promise<void>;
  /** Begins a hold, until so many seconds from now by the database's clock. */
  hold(hold: Omit<Hold, 'until'>, seconds: number): Promise<Hold>;
  /** Ends one. Resolves to whether there was one. */
  release(id: string): Promise<boolean>;
  /** What was last known of the size of a row; undefined: nothing. */
  sizeMark(): Promise<SizeMark | undefined>;
  /** Keeps what is known now instead. */
  markSize(mark: SizeMark): Promise<void>;
  close(): Promise<void>;
}

/** What is known of the size of a row of the table of entries. */
export interface SizeMark {
  /** Data and indexes of the table, as the server last said. */
  readonly seenBytes: number;
  /** Rows that there were then, by the counts. */
  readonly rows: number;
  /** What one of them takes, indexes included. */
  readonly bytesPerRow: number;
  /** When it said so: UTC, as a column holds it, by the database's clock. */
  readonly seenAt: string;
  /** When it was last noticed that rows had gone; undefined: never. */
  readonly shrunkAt: string | undefined;
}

/** How much more work the database's servers can take. */
export interface ServerPace {
  /**
   * How far replicas, and the other nodes of a cluster, are behind, in milliseconds; 0 if none is. Undefined:
   * the server does not tell, or the user may not see it.
   */
  lag(): Promise<ServerLag | undefined>;
}

/** What holds up the servers of a database. */
export interface ServerLag {
  /** By the replica's own account, in milliseconds. */
  readonly replicaMs: number;
  /** Transactions that wait to be applied on the slowest node of a cluster. */
  readonly queuedTransactions: number;
  /** Share of the time, 0 to 1, for which a node had the others wait since the last look. */
  readonly flowControlShare: number;
}

/** What a database takes on its disk. */
export interface StoredSize {
  /** A table of ours, or for SQLite its file. */
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    /** Rows, and keys beside them, in bytes, as the server last estimated them; SQLite has both in one. */
    readonly dataBytes: number;
    readonly indexBytes: number;
    /** Allocated and unused, beside the two: it is used again, and given back to nobody. */
    readonly freeBytes: number;
  }[];
  /** Room left on the disk; undefined: the server does not tell. */
  readonly diskFreeBytes: number | undefined;
}
