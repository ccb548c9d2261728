import {
  isLive,
  millisecondsOf,
  type Processes,
  type ProcessLedger,
  type ProcessRecord,
  type ProcessState,
} from '../../query/answers/processes.ts';
import { type StoredUpTo, storedUpTo, storedUpToText } from '../../query/answers/stored-up-to.ts';
import { duration } from './numbers.ts';
import { type Cell, formatTable } from './table.ts';

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

const HEADINGS = [
  'host',
  'pid',
  'release',
  'state',
  'since (UTC)',
  'last seen',
  'last flush',
  'received',
  'stored',
  'duplicates',
  'dead-lettered',
  'held',
  'lag',
];

/** For programs. */
export function workersReport(found: Processes): WorkersReport {
  const upTo = storedUpTo(found);
  return {
    now: rfc3339(found.now),
    storedUpTo: { kind: upTo.kind, at: upTo.kind === 'unknown' ? null : rfc3339(upTo.at) },
    workers: workersOf(found).map((worker) => listedWorker(worker, found.now)),
  };
}

/** For a person: a line for each worker, and up to when all is stored; or that there is none. */
export function workersText(found: Processes): string {
  const workers = workersOf(found);
  if (workers.length === 0) return NONE;
  const table = formatTable(
    HEADINGS,
    workers.map((worker) => cells(worker, found.now)),
  );
  const upTo = storedUpToText(storedUpTo(found), 'UTC');
  return `${table}\n${upTo.charAt(0).toUpperCase()}${upTo.slice(1)} UTC.\n`;
}

const NONE = `No worker was seen within a day: \`lms mon\` runs one.
A worker of an earlier release, or one whose user has no right to lms_processes, does not show here.
`;

function workersOf({ processes }: Processes): readonly ProcessRecord[] {
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

function cells(worker: ProcessRecord, now: string): Cell[] {
  const { host, pid, release, startedAt, seenAt, lastFlushAt, heldMessages, ledger } = worker;
  const lag = lagMs(worker);
  return [
    host,
    String(pid),
    release,
    stateOf(worker, now),
    startedAt.slice(0, 19),
    ago(seenAt, now),
    lastFlushAt === undefined ? '-' : ago(lastFlushAt, now),
    ledger?.received ?? '-',
    ledger?.stored ?? '-',
    ledger?.duplicates ?? '-',
    ledger?.deadLettered ?? '-',
    heldMessages,
    lag === undefined ? '-' : duration(lag),
  ];
}

function stateOf(worker: ProcessRecord, now: string): ListedWorker['state'] {
  return worker.state === 'stopped' || isLive(worker, now) ? worker.state : 'silent';
}

/** Clocks of Pub/Sub and of the database may differ: never less than 0. */
function lagMs({ oldestHeldAt, seenAt }: ProcessRecord): number | undefined {
  if (oldestHeldAt === undefined) return undefined;
  return Math.max(0, millisecondsOf(seenAt) - millisecondsOf(oldestHeldAt));
}

function ago(time: string, now: string): string {
  return `${duration(millisecondsOf(now) - millisecondsOf(time))} ago`;
}

function rfc3339(time: string): string {
  return `${time.replace(' ', 'T')}Z`;
}
