import { Temporal } from 'temporal-polyfill';
import type { EntryReader } from './ports.ts';
import { isLive, type Processes, type ProcessRecord } from './processes.ts';

/**
 * Up to when what was published is stored, as the workers tell it. `running`: of what they were given, at
 * least all that was published before `at` is stored. `stopped`: no worker is running, and this is as far as
 * the last one came. `unknown`: no worker has said anything, or the database does not tell.
 */
export type StoredUpTo =
  | {
      readonly kind: 'running' | 'stopped';
      /** UTC as a column holds it, as is `now`, the database's clock. */
      readonly at: string;
      readonly now: string;
    }
  | {
      readonly kind: 'unknown';
      /** What the database answered instead; absent: that there is nothing. */
      readonly cause?: unknown;
    };

/**
 * Up to when the workers have stored what was published: the earliest that one of them still holds. Messages
 * that Pub/Sub has not handed to any worker yet are not known here.
 */
export function storedUpTo({ now, processes }: Processes): StoredUpTo {
  const workers = processes.filter(({ role }) => role === 'worker');
  const live = workers.filter((worker) => isLive(worker, now)).map(doneUntil);
  if (live.length > 0) return { kind: 'running', at: live.reduce(earlier), now };
  const ended = workers.map(doneUntil);
  return ended.length > 0 ? { kind: 'stopped', at: ended.reduce(later), now } : { kind: 'unknown' };
}

/** The same, asked of the database, which may not tell: an answer is worth something without it. */
export async function readStoredUpTo(
  reader: Pick<EntryReader, 'processes'>,
  signal: AbortSignal,
): Promise<StoredUpTo> {
  try {
    return storedUpTo(await reader.processes(signal));
  } catch (cause) {
    signal.throwIfAborted();
    return { kind: 'unknown', cause };
  }
}

/** The sentence for it, in the clock of a zone that `isZone` knows; with the date if that is not today's. */
export function storedUpToText(upTo: StoredUpTo, zone: string): string {
  if (upTo.kind === 'unknown') return 'no worker has been seen';
  const [at, now] = [zoned(upTo.at, zone), zoned(upTo.now, zone)];
  const isToday = at.toPlainDate().equals(now.toPlainDate());
  const clock = at.toPlainTime().toString({ smallestUnit: 'second' });
  const text = `stored up to ${isToday ? clock : `${at.toPlainDate().toString()} ${clock}`}`;
  return upTo.kind === 'running' ? text : `no worker is running; ${text}`;
}

/** Up to when one worker has dealt with all that it was given. */
function doneUntil({ oldestHeldAt, seenAt, ...worker }: ProcessRecord): string {
  // Pub/Sub's clock may be ahead of the database's.
  if (oldestHeldAt !== undefined) return earlier(oldestHeldAt, seenAt);
  // It has given messages back at its end, and it is not known which.
  const isIncomplete = worker.state === 'stopped' && (worker.ledger?.released ?? 0) > 0;
  return isIncomplete ? (worker.lastFlushAt ?? worker.startedAt) : seenAt;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function zoned(time: string, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(`${time.replace(' ', 'T')}Z`).toZonedDateTimeISO(zone);
}
