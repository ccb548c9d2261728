import {
  PROCESS_STATES,
  type Processes,
  type ProcessLedger,
  type ProcessRecord,
  type ProcessState,
} from '../query/answers/processes.ts';
import { columnList } from './columns.ts';
import { count, type Row, text, textOrNull, time } from './rows.ts';

/** What a process says of itself now and then. Lengths of time are told, since clocks of machines differ. */
export interface Heartbeat extends Pick<
  ProcessRecord,
  | 'id'
  | 'role'
  | 'host'
  | 'pid'
  | 'release'
  | 'state'
  | 'heldMessages'
  | 'heldBytes'
  | 'oldestHeldAt'
  | 'ledger'
> {
  /** For how long it has run, in milliseconds. */
  readonly runsForMs: number;
  /** How long ago its last flush ended, in milliseconds; undefined: none has yet. */
  readonly sinceFlushMs: number | undefined;
}

/** How a database says what differs from one to the other. */
export interface HeartbeatDialect {
  /** Its clock, to the microsecond or as near as it comes. */
  readonly now: string;
  /** The time that lies so many microseconds back as its parameter says; NULL if that is NULL. */
  readonly ago: string;
  /** What stands before the columns that are set if the row is there. */
  readonly onConflict: string;
  /** The value that would have been inserted. */
  readonly inserted: (column: string) => string;
}

/** The row, and where the value of each column comes from: those that stay as they are first. */
const FIXED = { id: '?', role: '?', host: '?', pid: '?', lms_release: '?', started_at: 'ago' } as const;
const RENEWED = {
  state: '?',
  seen_at: 'now',
  last_flush_at: 'ago',
  held_messages: '?',
  held_bytes: '?',
  oldest_held_at: '?',
  ledger: '?',
} as const;
const COLUMNS = Object.keys({ ...FIXED, ...RENEWED });

/** Every process, those that started first first. */
export const SELECT_PROCESSES = `SELECT ${columnList(COLUMNS)} FROM lms_processes ORDER BY started_at, id`;

const MAX_HOST_LENGTH = 255;
const MAX_RELEASE_LENGTH = 64;

/** Writes a process's row, whether it is there or not. Its parameters are `heartbeatValues`. */
export function heartbeatSql({ now, ago, onConflict, inserted }: HeartbeatDialect): string {
  const sources = Object.values({ ...FIXED, ...RENEWED });
  const values = sources.map((source) => ({ '?': '?', now, ago })[source]);
  const renewed = Object.keys(RENEWED).map((column) => `${column} = ${inserted(column)}`);
  return `INSERT INTO lms_processes (${columnList(COLUMNS)}) VALUES (${values.join(', ')})
    ${onConflict} ${renewed.join(', ')}`;
}

/** The parameters of `heartbeatSql`. */
export function heartbeatValues(beat: Heartbeat): (string | null)[] {
  return [
    beat.id,
    beat.role,
    beat.host.slice(0, MAX_HOST_LENGTH),
    String(beat.pid),
    beat.release.slice(0, MAX_RELEASE_LENGTH),
    microseconds(beat.runsForMs),
    beat.state,
    beat.sinceFlushMs === undefined ? null : microseconds(beat.sinceFlushMs),
    String(beat.heldMessages),
    String(beat.heldBytes),
    beat.oldestHeldAt ?? null,
    beat.ledger === undefined ? null : JSON.stringify(beat.ledger),
  ];
}

/** Reads the rows of `SELECT_PROCESSES`, and the database's clock. */
export function processesOf(rows: readonly Row[], clock: Row | undefined): Processes {
  return { now: time(clock ?? {}, 'db_now'), processes: rows.map(processRecord) };
}

function microseconds(ms: number): string {
  return String(Math.max(0, Math.round(ms * 1_000)));
}

function processRecord(row: Row): ProcessRecord {
  const ledger = textOrNull(row, 'ledger');
  return {
    id: text(row, 'id'),
    role: text(row, 'role'),
    host: text(row, 'host'),
    pid: count(row, 'pid'),
    release: text(row, 'lms_release'),
    state: stateOf(text(row, 'state')),
    startedAt: time(row, 'started_at'),
    seenAt: time(row, 'seen_at'),
    lastFlushAt: timeIfAny(row, 'last_flush_at'),
    heldMessages: count(row, 'held_messages'),
    heldBytes: count(row, 'held_bytes'),
    oldestHeldAt: timeIfAny(row, 'oldest_held_at'),
    ledger: ledger === null ? undefined : ledgerOf(ledger),
  };
}

function timeIfAny(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : time(row, column);
}

function stateOf(value: string): ProcessState {
  const state = PROCESS_STATES.find((each) => each === value);
  if (state === undefined) throw new TypeError('column state is no state of a process');
  return state;
}

/** Another release may have other counts: what is missing is 0. */
function ledgerOf(json: string): ProcessLedger {
  const value: unknown = JSON.parse(json);
  const counts: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const of = (name: keyof ProcessLedger) => (typeof counts[name] === 'number' ? counts[name] : 0);
  return {
    messages: of('messages'),
    received: of('received'),
    stored: of('stored'),
    duplicates: of('duplicates'),
    deadLettered: of('deadLettered'),
    discarded: of('discarded'),
    released: of('released'),
    held: of('held'),
  };
}
