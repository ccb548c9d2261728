import type { LogEntry } from '../../logs/entry.ts';
import type { ConfirmedBatch, EventBatch, EventCounts } from '../ports.ts';

/** What came in together: entries with their identities, and what became of their lines. */
export interface SpoolBatch {
  readonly entries: readonly LogEntry[];
  readonly counts: EventCounts;
}

/** Keeps what came in until it is confirmed, in its order. Bounded. */
export interface Spool {
  /** Whether what is in it outlives the process. */
  readonly isKept: boolean;
  /** Resolves once there is room for more, or `stop` is aborted. */
  room(stop: AbortSignal): Promise<void>;
  /**
   * Takes a batch. Resolves to whether it was taken: not if there is no room for it, unless it `mustFit`, or it cannot
   * be written. One at a time.
   */
  append(batch: SpoolBatch, mustFit?: boolean): Promise<boolean>;
  /** Nothing more is appended: `batches` ends once all was handed over. */
  end(): void;
  /** What is in it, oldest first, what an earlier process left before. Ends soon after `stop` is aborted, too. */
  batches(stop: AbortSignal): AsyncIterable<EventBatch>;
  /** What was handed over first is not needed any more. Called in order. */
  confirm(batch: ConfirmedBatch): Promise<void>;
  /** Why nothing can be written at the moment, for a person. */
  readonly problem: string | undefined;
  /** Bytes that wait. */
  readonly bytes: number;
  readonly counters: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Bytes of what an entry says, and an object for it. */
const ENTRY_BYTES = 300;

/** About how much memory a batch takes. */
export function bytesOf({ entries }: Pick<SpoolBatch, 'entries'>): number {
  return entries.reduce(
    (sum, { payload, tags }) => sum + payload.length + (tags?.length ?? 0) + ENTRY_BYTES,
    ENTRY_BYTES,
  );
}
