import { lagMs, stateOf, workersOf } from '../../export/workers.ts';
import { millisecondsOf, type Processes, type ProcessRecord } from '../../query/answers/processes.ts';
import { storedUpTo, storedUpToText } from '../../query/answers/stored-up-to.ts';
import { duration } from './numbers.ts';
import { type Cell, formatTable } from './table.ts';

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
  'discarded',
  'held',
  'lag',
];

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
    ledger?.discarded ?? '-',
    heldMessages,
    lag === undefined ? '-' : duration(lag),
  ];
}

function ago(time: string, now: string): string {
  return `${duration(millisecondsOf(now) - millisecondsOf(time))} ago`;
}
