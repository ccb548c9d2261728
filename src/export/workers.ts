import { rfc3339 } from '../logs/entry-json.ts';
import {
  isLive,
  millisecondsOf,
  type Processes,
  type ProcessLedger,
  type ProcessRecord,
  type ProcessState,
} from '../query/answers/processes.ts';
import { type StoredUpTo, storedUpTo } from '../query/answers/stored-up-to.ts';

/** A worker as `lms workers --json` shows it. Times are in RFC 3339, with microseconds. */
export interface ListedWorker extends Partial<ProcessLedger> {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly release: string;
  /** `silent`: it has not stopped in order, and was not seen for 30 s. */
  readonly state: ProcessState | 'silent';
  readonly startedAt: string;
  readonly seenAt: string;
  readonly lastFlushAt: string | null;
  readonly heldMessages: number;
  readonly heldBytes: number;
  /** When the oldest held message was published. */
  readonly oldestHeldAt: string | null;
  /** How old that was when the worker was last seen, in milliseconds; null if it held none. */
  readonly lagMs: number | null;
}

/** All of what `lms workers --json` shows. */
export interface WorkersReport {
  /** The database's clock. */
  readonly now: string;
  readonly storedUpTo: { readonly kind: StoredUpTo['kind']; readonly at: string | null };
  readonly workers: readonly ListedWorker[];
}

/** For programs. */
export function workersReport(found: Processes): WorkersReport {
  const upTo = storedUpTo(found);
  return {
    now: rfc3339(found.now),
    storedUpTo: { kind: upTo.kind, at: upTo.kind === 'unknown' ? null : rfc3339(upTo.at) },
    workers: workersOf(found).map((worker) => listedWorker(worker, found.now)),
  };
}

/** The workers among the processes. */
export function workersOf({ processes }: Processes): readonly ProcessRecord[] {
  return processes.filter(({ role }) => role === 'worker');
}

function listedWorker(worker: ProcessRecord, now: string): ListedWorker {
  const { id, host, pid, release, startedAt, seenAt, lastFlushAt, heldMessages, heldBytes } = worker;
  const { oldestHeldAt, ledger } = worker;
  return {
    id,
    host,
    pid,
    release,
    state: stateOf(worker, now),
    startedAt: rfc3339(startedAt),
    seenAt: rfc3339(seenAt),
    lastFlushAt: lastFlushAt === undefined ? null : rfc3339(lastFlushAt),
    heldMessages,
    heldBytes,
    oldestHeldAt: oldestHeldAt === undefined ? null : rfc3339(oldestHeldAt),
    lagMs: lagMs(worker) ?? null,
    ...ledger,
  };
}

/** What becomes of a worker, as far as it is known. */
export function stateOf(worker: ProcessRecord, now: string): ListedWorker['state'] {
  return worker.state === 'stopped' || isLive(worker, now) ? worker.state : 'silent';
}

/** How old the oldest held message was when the worker was last seen, in milliseconds; undefined if it held none. Clocks of Pub/Sub and of the database may differ: never less than 0. */
export function lagMs({ oldestHeldAt, seenAt }: ProcessRecord): number | undefined {
  if (oldestHeldAt === undefined) return undefined;
  return Math.max(0, millisecondsOf(seenAt) - millisecondsOf(oldestHeldAt));
}
