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

/**
 * Turns whatever a write threw into a `StoreError`. What was thrown is left out, for its text may hold values
 * of a row; `cause` is what a person is told instead.
 */
export function storeError(error: unknown, cause?: LmsError): StoreError {
  if (error instanceof StoreError) return error;
  const failure = driverError(error);
  return new StoreError(classify(failure), failure.code, describe(failure), {
    cause,
    isOfRowAlone: isOfRowAlone(failure),
  });
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
