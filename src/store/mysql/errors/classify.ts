import type { LmsError } from '../../../errors/catalogue.ts';
import { StoreError, type Verdict } from '../../../pipeline/ports.ts';
import { ENTRY_COLUMNS } from '../../columns.ts';
import { type DriverError, driverError } from './driver-error.ts';
import { isOfRowAlone, serverMeaning, serverVerdict } from './server-errors.ts';

/**
 * Errors of the socket, of names and of mysql2: no answer from the server, so another try may well get one.
 */
const CONNECTION_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  // Of several servers none takes writes.
  'NO_SERVER',
  // So a server shows that goes away in the middle of the login. Opening a store tells a failure of TLS apart
  // before.
  'HANDSHAKE_SSL_ERROR',
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

const CONFLICTS = new Set([1213, 1205]);

/**
 * A user, a password, a database, a table or a privilege that is not what it was: to a store that has worked
 * with them that is a restore, a rotation or a renaming in progress, or somebody's mistake. It passes, and
 * until then nothing is lost by waiting.
 */
const WITHDRAWN = new Set([
  ...[1044, 1045, 1049, 1130, 1251, 1524, 1698, 1820, 1862, 1873, 3118, 3955, 4150, 4151],
  ...[1054, 1142, 1143, 1146, 1227, 1370, 8121],
]);

/** Whether an error that is fatal at the start is an outage to a store that has worked. */
function isWithdrawal({ errno }: DriverError): boolean {
  return errno !== undefined && WITHDRAWN.has(errno);
}

/** What to do about a failure of a write. */
export function classify(failure: DriverError): Verdict {
  if (failure.errno === undefined) {
    return CONNECTION_CODES.has(failure.code) || failure.connectionLost ? 'transient' : 'fatal';
  }
  return serverVerdict(failure);
}

/** Only our own names are looked for: elsewhere in the server's message a value of the row may stand. */
const NAMES = [...ENTRY_COLUMNS, 'attempt_id', 'minute', 'count'].join('|');
const COLUMN = new RegExp(`\\bcolumn ['\`](?:[^'\`]*\`\\.\`)*(${NAMES})['\`]`, 'i');

/**
 * One line that holds no value of a row: of the server's own message only the name of the column is taken.
 */
export function describe(failure: DriverError): string {
  if (failure.errno === undefined) return failure.message === '' ? failure.code : failure.message;
  const meaning = serverMeaning(failure);
  const column = COLUMN.exec(failure.message)?.[1];
  return column === undefined ? meaning : `${meaning} (column ${column})`;
}

/** What is known of a store when a write fails. */
export interface Circumstances {
  /** What a person is told instead of what was thrown. */
  readonly cause?: LmsError | undefined;
  /** A write has worked before. */
  readonly hasWorked?: boolean;
}

/**
 * Turns whatever a write threw into a `StoreError`. What was thrown is left out, for its text may hold values
 * of a row.
 */
export function storeError(error: unknown, { cause, hasWorked = false }: Circumstances = {}): StoreError {
  if (error instanceof StoreError) return error;
  const failure = driverError(error);
  const verdict = hasWorked && isWithdrawal(failure) ? 'transient' : classify(failure);
  const options = { cause, isOfRowAlone: isOfRowAlone(failure) };
  return new StoreError(verdict, failure.code, describe(failure), options);
}

/** Whether a connection that had been good was lost: the server did not refuse, nor is it silent. */
export function isConnectionLost(error: unknown): boolean {
  const { code, errno, connectionLost, whileConnecting } = driverError(error);
  if (errno !== undefined || whileConnecting) return false;
  return connectionLost || code === 'PROTOCOL_CONNECTION_LOST';
}

/**
 * Whether the connection is as good as before once the transaction is rolled back. After anything else a new
 * one is better.
 */
export function leavesConnectionUsable(error: unknown): boolean {
  const failure = driverError(error);
  if (failure.connectionLost || failure.errno === undefined) return false;
  return CONFLICTS.has(failure.errno) || classify(failure) === 'row';
}
