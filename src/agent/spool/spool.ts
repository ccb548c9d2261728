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
  /**
   * What is in it, oldest first, what an earlier process left before. Ends once it was told to `end`, and after `stop`
   * was aborted hands over no more than what the next run would not have, or has just come in.
   */
  batches(stop: AbortSignal): AsyncIterable<EventBatch>;
  /** What was handed over first, of what is not confirmed, is not needed any more. */
  confirm(batch: ConfirmedBatch): Promise<void>;
  /** Why nothing can be written at the moment, for a person. */
  readonly problem: string | undefined;
  /** Bytes that it takes. */
  readonly bytes: number;
  /** Bytes that were not handed over. */
  readonly waitingBytes: number;
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

/** What goes together has no more. */
const MAX_ENTRIES = 1_000;
const MAX_BYTES = 2_000_000;

/** How many of these, from the first on, go together: at least one. */
export function countTogether(batches: readonly SpoolBatch[]): number {
  let [entries, bytes, count] = [0, 0, 0];
  for (const batch of batches) {
    entries += batch.entries.length;
    bytes += bytesOf(batch);
    if (count > 0 && (entries > MAX_ENTRIES || bytes > MAX_BYTES)) break;
    count += 1;
  }
  return count;
}

/** One of several. */
export function together(batches: readonly SpoolBatch[]): SpoolBatch {
  const counts = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };
  for (const { counts: own } of batches)
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += own[name];
  return { entries: batches.flatMap(({ entries }) => entries), counts };
}

/** Small ones together, in their order, with how many they were. */
export function* grouped(
  batches: readonly SpoolBatch[],
): Generator<{ readonly batch: SpoolBatch; readonly parts: number }> {
  for (let at = 0; at < batches.length;) {
    const rest = batches.slice(at, at + MAX_ENTRIES);
    const parts = countTogether(rest);
    yield { batch: together(rest.slice(0, parts)), parts };
    at += parts;
  }
}
