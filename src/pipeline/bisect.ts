import type { LogEntry } from '../logs/entry.ts';
import type { Rejection } from '../logs/rejection.ts';
import { StoreError, type Delivery, type LogStore, type WriteResult } from './ports.ts';

/** Some of a batch's entries, with their deliveries. */
export interface BatchPart {
  readonly entries: readonly LogEntry[];
  readonly deliveries: readonly Delivery[];
}

/** What the write reports as it goes along; every delivery is in exactly one report, or in the `Unwritten`. */
export interface WriteReports {
  /** This part's transaction committed: its deliveries may be acknowledged. */
  committed(part: BatchPart, result: WriteResult): void;
  /** The database refuses this row whatever we do. */
  refused(delivery: Delivery, rejection: Rejection): void;
}

/** What could not be written, and why. */
export interface Unwritten {
  readonly error: unknown;
  readonly deliveries: readonly Delivery[];
}

/**
 * Writes a batch, normally in one transaction. If the database refuses a row, bisects: halves what failed until
 * the offending rows stand alone, so that k bad rows among n cost about 2 k log2(n) transactions and no good row is
 * held up. Stops at the first failure of any other kind.
 */
export async function writeOrBisect(
  store: LogStore,
  batch: BatchPart,
  reports: WriteReports,
): Promise<Unwritten | undefined> {
  const open: BatchPart[] = [batch];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    try {
      reports.committed(part, await store.write(part.entries));
    } catch (error) {
      if (!(error instanceof StoreError) || error.verdict !== 'row') {
        open.push(part);
        return { error, deliveries: open.flatMap(({ deliveries }) => deliveries) };
      }
      const [delivery] = part.deliveries;
      if (part.deliveries.length === 1 && delivery !== undefined) {
        reports.refused(delivery, {
          code: 'row_refused',
          reason: `${error.code}: ${error.message}`.slice(0, 500),
        });
      } else {
        open.push(...halves(part));
      }
    }
  }
  return undefined;
}

function halves({ entries, deliveries }: BatchPart): [BatchPart, BatchPart] {
  const middle = entries.length >> 1;
  return [
    { entries: entries.slice(middle), deliveries: deliveries.slice(middle) },
    { entries: entries.slice(0, middle), deliveries: deliveries.slice(0, middle) },
  ];
}
