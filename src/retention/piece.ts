import type { EntryReader } from '../query/answers/ports.ts';
import type { DeletionFor, Hold, RowDeleter, RuleAccount } from './ports.ts';

/** A transaction of a rule, or a look that found nothing to delete. */
export interface Piece {
  readonly deleted: number;
  /** Rows that it came upon to delete, or looked at to delete some; none of a look. */
  readonly rows: number;
  /** Up to which time of entries all is done. */
  readonly at: string;
}

/** What the pieces of a rule are made with. */
export interface PieceParts {
  readonly reader: EntryReader;
  readonly deleter: RowDeleter;
  readonly on: DeletionFor;
  readonly signal: AbortSignal;
  readonly holds: readonly Hold[];
  /** Of the rule, as of the run before. */
  readonly account: RuleAccount | undefined;
  /** The database's clock. */
  readonly now: string;
  /** To how many rows the next piece is bound. */
  readonly rows: () => number;
  /** Told how many rows there are to delete, where counts say so. */
  readonly found: (rows: number) => void;
}
