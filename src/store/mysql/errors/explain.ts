import { type ErrorCode, LmsError } from '../../../errors/catalogue.ts';
import { addressText, type MySqlTarget } from '../../connection-target.ts';
import { classify, describe } from './classify.ts';
import { type DriverError, driverError } from './driver-error.ts';

/** 4150 and 4151 are MariaDB's: too many failed logins, and an account that is locked. */
const DENIED = new Set([1045, 1130, 1251, 1524, 1698, 1820, 1862, 1873, 3118, 3955, 4150, 4151]);
const NO_PRIVILEGE = new Set([1142, 1143, 1227, 1370, 8121]);
/** Where a connection without TLS is refused like a wrong password. */
const ACCESS_DENIED = 1045;
/** The server ended a statement by the limit of time that the session has: MariaDB, MySQL. */
const TOO_LONG = new Set([1969, 3024]);
const INSECURE_TRANSPORT = 3159;
/** mysql2's code for a server that does not offer TLS. */
export const NO_TLS_OFFERED = 'HANDSHAKE_NO_SSL_SUPPORT';
const NO_TLS = new Set([NO_TLS_OFFERED, 'HANDSHAKE_SSL_ERROR']);

/** Whether the connection failed for want of TLS, so that `ssl-mode=preferred` goes on without. */
export function isTlsFailure(error: unknown): boolean {
  return NO_TLS.has(driverError(error).code);
}

/** What a person is told when the database cannot be opened or read: one line, without the password. */
export function explainError(target: MySqlTarget, error: unknown): LmsError {
  if (error instanceof LmsError) return error;
  const failure = driverError(error);
  const [code, message] = explain(target, failure);
  return new LmsError(code, message);
}

function explain(target: MySqlTarget, failure: DriverError): [ErrorCode, string] {
  const { user, database, sslMode } = target;
  const { code, errno } = failure;
  const server = target.addresses.map(addressText).join(' or ');
  if (NO_TLS.has(code)) {
    return ['DATABASE_UNREACHABLE', `no TLS with ${server} under ssl-mode=${sslMode}: ${failure.message}`];
  }
  if (code === 'NO_SERVER') return ['DATABASE_UNREACHABLE', failure.message];
  if (errno === undefined) return explainSilence(server, failure);
  if (DENIED.has(errno)) {
    const plain = errno === ACCESS_DENIED && sslMode === 'disabled';
    const hint = plain ? '; the connection is plain: if the server wants TLS, set ssl-mode=required' : '';
    return ['DATABASE_DENIED', `the MySQL server at ${server} does not let ${user} in (${code})${hint}`];
  }
  if (errno === INSECURE_TRANSPORT || failure.message.includes('insecure transport'))
    return ['DATABASE_DENIED', `the MySQL server at ${server} refuses: ${describe(failure)} (${code})`];
  if (errno === 1044)
    return ['DATABASE_DENIED', `${user} may not use the database ${database} at ${server} (${code})`];
  if (NO_PRIVILEGE.has(errno)) {
    return [
      'DATABASE_DENIED',
      `${user} lacks a privilege in the database ${database} at ${server} (${code})`,
    ];
  }
  if (errno === 1049)
    return ['DATABASE_MISSING', `the MySQL server at ${server} has no database ${database}`];
  if (errno === 1146) return ['SCHEMA_VERSION', `the database ${database} at ${server} lacks a table of lms`];
  if (TOO_LONG.has(errno))
    return ['DATABASE_TOO_SLOW', `the MySQL server at ${server} took too long for a statement (${code})`];
  if (classify(failure) === 'transient') {
    return [
      'DATABASE_UNREACHABLE',
      `the MySQL server at ${server} cannot serve now: ${describe(failure)} (${code})`,
    ];
  }
  return ['DATABASE_FAILED', `the MySQL server at ${server} answers: ${describe(failure)} (${code})`];
}

/**
 * The server said nothing: there is none, the connection broke, or the two sides do not understand each
 * other.
 */
function explainSilence(server: string, failure: DriverError): [ErrorCode, string] {
  if (failure.code.startsWith('AUTH_SWITCH')) {
    return [
      'DATABASE_DENIED',
      `the MySQL server at ${server} asks for a way to log in that is not supported`,
    ];
  }
  if (classify(failure) === 'transient') {
    return ['DATABASE_UNREACHABLE', `no MySQL server answers at ${server} (${failure.code})`];
  }
  return ['DATABASE_FAILED', `talking to the MySQL server at ${server} failed: ${describe(failure)}`];
}
