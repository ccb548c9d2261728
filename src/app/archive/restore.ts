import type { PartManifest } from '../../archive/manifest.ts';
import type { Place } from '../../archive/place.ts';
import { readPart, verifyPart } from '../../archive/read-part.ts';
import { LmsError } from '../../errors/catalogue.ts';
import type { LogStore } from '../../pipeline/ports.ts';
import type { Time } from '../../query/answers/time-range.ts';
import type { DayPlan, RestorePlan } from './restore-plan.ts';
import { RowWriter, type Written } from './row-writer.ts';

/** What restoring takes. */
export interface RestoreParts {
  readonly place: Place;
  /** Tries again by itself what may pass later. */
  readonly store: Pick<LogStore, 'write'>;
  /** Aborted, nothing more is begun: rejects with its reason. What was written stays. */
  readonly signal: AbortSignal;
  /** Rows of a transaction; as a worker has them by default if absent. */
  readonly batchRows?: number | undefined;
  /** Told of rows that were read and written, or found there. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** What became of a day. */
export interface RestoredDay extends Written {
  readonly day: string;
  /**
   * Parts that are not what their manifest says, or not there: nothing of them was written, unless they changed
   * between two readings.
   */
  readonly damaged: readonly LmsError[];
}

/**
 * Writes the entries of a plan to the database, under the keys that they had: one that is there stays as it is.
 * Each part is read twice, whole and verified before its first entry is written. A part that is damaged is left
 * out, and the others go on. Rejects with what a write failed with, and with the signal's reason.
 */
export async function* restore(
  plan: RestorePlan,
  parts: RestoreParts,
): AsyncGenerator<RestoredDay, undefined> {
  for (const day of plan.days) yield await restoreDay(day, plan.time, parts);
}

async function restoreDay(day: DayPlan, time: Time, parts: RestoreParts): Promise<RestoredDay> {
  const writer = new RowWriter(parts.store, parts.batchRows);
  try {
    const damaged = await writeDay(day, time, { ...parts, writer });
    await writer.end();
    return { day: day.day, ...writer.written, damaged };
  } finally {
    await writer.settled();
  }
}

interface Writing extends RestoreParts {
  readonly writer: RowWriter;
}

/** Resolves to what is damaged. */
async function writeDay({ parts }: DayPlan, time: Time, means: Writing): Promise<LmsError[]> {
  const damaged: LmsError[] = [];
  for (const part of parts) {
    means.signal.throwIfAborted();
    try {
      await verifyPart(means.place, part, means.signal);
      await writePart(part, time, means);
    } catch (error) {
      means.signal.throwIfAborted();
      if (!isOfArchive(error)) throw error;
      damaged.push(error);
    }
  }
  return damaged;
}

async function writePart(
  part: PartManifest,
  { from, to }: Time,
  { place, signal, writer, onRows }: Writing,
): Promise<void> {
  for await (const entries of readPart(place, part, signal)) {
    await writer.add(entries.filter(({ timestamp }) => timestamp >= from && timestamp < to));
    onRows?.(entries.length);
  }
}

function isOfArchive(error: unknown): error is LmsError {
  return error instanceof LmsError && (error.code === 'ARCHIVE' || error.code === 'ARCHIVE_PLACE');
}
