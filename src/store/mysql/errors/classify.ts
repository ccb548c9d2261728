import type { LmsError } from '../../../errors/catalogue.ts';
import { StoreError, type Verdict } from '../../../pipeline/ports.ts';
import { driverError, type DriverError } from './driver-error.ts';

type Case = readonly [errno: number, verdict: Verdict, meaning: string];

/**
 * The server's errors that a write can meet. Numbers: MySQL's and MariaDB's error reference; 2000 to 2999: of MySQL's client library,
 * which proxies pass on; 8000 and up: TiDB's.
 *
 * 1105 is what Vitess says of an outage (no tablet serves, a failover is under way), and TiDB of one that has no number there.
 * What MySQL says of a row Vitess passes on with MySQL's own number. If 1105 stands for a fault that will not pass, the outage is
 * logged for as long as it lasts: that is better than a worker that stops at every failover.
 */
const SERVER_ERRORS: readonly Case[] = [
  [1213, 'transient', 'a deadlock with another writer, or a conflict between nodes of a cluster'],
  [1205, 'transient', 'another writer held a lock for too long'],
  [1020, 'transient', 'another writer changed a row'],
  [1180, 'transient', 'the commit failed on a node of the cluster'],
  [3100, 'transient', 'the commit was refused by the replication group'],
  [3101, 'transient', 'the commit was rolled back by the replication group'],
  [1206, 'transient', 'the lock table is full'],
  [1637, 'transient', 'too many transactions at once'],
  [1223, 'transient', 'the tables are locked for a backup'],
  [1412, 'transient', 'a table was altered meanwhile'],
  [1615, 'transient', 'a table was altered meanwhile'],
  [1243, 'transient', 'the server has forgotten a prepared statement, as a proxy may'],
  [1461, 'transient', 'the server holds too many prepared statements'],
  [1040, 'transient', 'too many connections'],
  [1203, 'transient', 'too many connections of this user'],
  [1226, 'transient', 'a limit of this user is used up'],
  [1129, 'transient', 'the server blocks this host after too many broken connections, until FLUSH HOSTS'],
  [1135, 'transient', 'the server cannot start another thread'],
  [1047, 'transient', 'this node of the cluster is not ready'],
  [1053, 'transient', 'the server is shutting down'],
  [3032, 'transient', 'the server is in offline mode'],
  [3168, 'transient', 'the server is not available'],
  [1105, 'transient', 'the server or the cluster failed in a way that it has no number for'],
  [2006, 'transient', 'a proxy has lost the server behind it'],
  [2013, 'transient', 'a proxy has lost the server behind it'],
  [1317, 'transient', 'the statement was interrupted'],
  [1927, 'transient', 'the connection was killed'],
  [3169, 'transient', 'the connection was killed'],
  [4031, 'transient', 'the server closed an idle connection'],
  [1969, 'transient', 'the statement took longer than the server allows'],
  [3024, 'transient', 'the statement took longer than the server allows'],
  [1290, 'transient', 'the server is read-only, as during a failover'],
  [1792, 'transient', 'the server is read-only, as during a failover'],
  [1836, 'transient', 'the server is read-only, as during a failover'],
  [1874, 'transient', 'the server is read-only, as during a failover'],
  [1021, 'transient', 'the disk of the server is full'],
  [1026, 'transient', 'the server could not write to its disk'],
  [1030, 'transient', 'the storage engine failed, as it does on a full disk'],
  [1114, 'transient', 'the table is full'],
  [1037, 'transient', 'the server is out of memory'],
  [1038, 'transient', 'the server is out of sort memory'],
  [1041, 'transient', 'the server is out of memory'],
  [8005, 'transient', 'a conflict with another writer'],
  [8022, 'transient', 'the commit failed and was rolled back'],
  [8028, 'transient', 'a table was altered meanwhile'],
  [9001, 'transient', 'a node of the cluster timed out'],
  [9002, 'transient', 'a node of the cluster timed out'],
  [9003, 'transient', 'a node of the cluster is busy'],
  [9004, 'transient', 'another writer held a lock for too long'],
  [9005, 'transient', 'a part of the cluster is not available'],
  [9007, 'transient', 'a conflict with another writer'],
  [1406, 'row', 'a value is too long for its column'],
  [1366, 'row', 'a value does not fit the type or character set of its column'],
  [1292, 'row', 'a value does not fit the type of its column'],
  [1264, 'row', 'a number is out of the range of its column'],
  [1265, 'row', 'a value does not fit its column'],
  [1411, 'row', 'a value does not fit the type of its column'],
  [1300, 'row', 'a text is not valid in its character set'],
  [3988, 'row', 'a text cannot be converted to the character set of its column'],
  [1048, 'row', 'a column that must have a value has none'],
  [1062, 'row', 'a unique key of this installation has the value already'],
  [3819, 'row', 'a CHECK constraint refuses the row'],
  [4025, 'row', 'a CHECK constraint refuses the row'],
  [1526, 'row', 'no partition takes the row'],
  [1748, 'row', 'no partition takes the row'],
  [1118, 'row', 'the row is too large'],
  [3140, 'row', 'the tags are not JSON that the server accepts'],
  [3150, 'row', 'the tags are too large for a JSON column'],
  [3157, 'row', 'the tags are nested too deeply for a JSON column'],
  [3151, 'row', 'the tags have a name that is too long for a JSON column'],
  [1301, 'row', 'the tags are larger as a JSON value than max_allowed_packet'],
  [1153, 'row', 'the row is larger than max_allowed_packet'],
  [8025, 'row', 'the row is larger than the cluster takes'],
  [8004, 'row', 'the rows together are larger than a transaction of the cluster may be'],
  [1146, 'fatal', 'a table is missing: run `lms migrate up`'],
  [1054, 'fatal', 'a column is missing: run `lms migrate up`'],
  [1364, 'fatal', 'a column that LMS does not know has no default'],
  [1049, 'fatal', 'the database is missing'],
  [1044, 'fatal', 'the user may not use the database'],
  [1045, 'fatal', 'user or password was refused'],
  [1142, 'fatal', 'the user lacks a privilege on a table'],
  [1143, 'fatal', 'the user lacks a privilege on a column'],
];

/**
 * For numbers that the table above lacks. SQLSTATE's classes tell data (22), constraints (23), connection (08) and
 * conflict (40) apart. What is left is fatal: nothing is lost by stopping, while taking an unknown outage
 * for a bad row would empty the topic into the dead letters, and retrying for ever would hide it.
 */
const SQLSTATE_CLASSES: Readonly<Record<string, Verdict>> = {
  '22': 'row',
  '23': 'row',
  '08': 'transient',
  '40': 'transient',
};

/** Errors of the socket, of names and of mysql2: no answer from the server, so another try may well get one. */
const CONNECTION_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  // Of several servers none takes writes.
  'NO_SERVER',
  'ECONNREFUSED',
  // The Unix socket of a server, or of a proxy, that does not run.
  'ENOENT',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // Too many files or ports are open on this machine.
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);

const CASES = new Map(SERVER_ERRORS.map((known) => [known[0], known]));
const CONFLICTS = new Set([1213, 1205]);

/** What to do about a failure of a write. */
export function classify(failure: DriverError): Verdict {
  if (failure.errno === undefined) {
    return CONNECTION_CODES.has(failure.code) || failure.connectionLost ? 'transient' : 'fatal';
  }
  const known = CASES.get(failure.errno);
  return known?.[1] ?? SQLSTATE_CLASSES[failure.sqlState?.slice(0, 2) ?? ''] ?? 'fatal';
}

/** Only our own names are looked for: elsewhere in the server's message a value of the row may stand. */
const COLUMN =
  /\bcolumn ['`](?:[^'`]*`\.`)*(timestamp|event_id|service_name|severity|payload|tags|attempt_id|minute|count)['`]/i;

/** One line that holds no value of a row: of the server's own message only the name of the column is taken. */
export function describe(failure: DriverError): string {
  if (failure.errno === undefined) return failure.message === '' ? failure.code : failure.message;
  const meaning =
    CASES.get(failure.errno)?.[2] ?? `MySQL error ${failure.errno}, SQLSTATE ${failure.sqlState ?? '?'}`;
  const column = COLUMN.exec(failure.message)?.[1];
  return column === undefined ? meaning : `${meaning} (column ${column})`;
}

/**
 * Turns whatever a write threw into a `StoreError`. What was thrown is left out, for its text may hold values of a row; `cause` is
 * what a person is told instead.
 */
export function storeError(error: unknown, cause?: LmsError): StoreError {
  if (error instanceof StoreError) return error;
  const failure = driverError(error);
  return new StoreError(classify(failure), failure.code, describe(failure), { cause });
}

/** Whether the connection is as good as before once the transaction is rolled back. After anything else a new one is better. */
export function leavesConnectionUsable(error: unknown): boolean {
  const failure = driverError(error);
  if (failure.connectionLost || failure.errno === undefined) return false;
  return CONFLICTS.has(failure.errno) || classify(failure) === 'row';
}
