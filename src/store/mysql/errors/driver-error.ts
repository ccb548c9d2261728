/** What can be known of an error of mysql2 or of the socket under it. */
export interface DriverError {
  /** Such as `ER_LOCK_DEADLOCK`, `ECONNREFUSED`, `PROTOCOL_CONNECTION_LOST`. */
  readonly code: string;
  /** The server's error number, if the server answered. */
  readonly errno: number | undefined;
  /** The server's SQLSTATE, if the server answered. */
  readonly sqlState: string | undefined;
  /** Whether mysql2 has given the connection up. */
  readonly connectionLost: boolean;
  /** Whether there was no session yet. */
  readonly whileConnecting: boolean;
  /** May hold values of the row: not for logs. */
  readonly message: string;
}

/** What was thrown while a connection was made or its settings; `cause` is that. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';

  constructor(cause: unknown) {
    super('there is no connection to the database', { cause });
  }
}

/** Reads what was thrown. */
export function driverError(error: unknown): DriverError {
  return error instanceof ConnectError ? read(error.cause, true) : read(error, false);
}

function read(error: unknown, whileConnecting: boolean): DriverError {
  const fields: Readonly<Record<string, unknown>> =
    typeof error === 'object' && error !== null ? { ...error } : {};
  const { code, errno, sqlState, fatal } = fields;
  // System errors have an errno too, a negative one.
  const serverErrno = typeof errno === 'number' && errno > 0 ? errno : undefined;
  return {
    code: typeof code === 'string' && !isAmbiguous(serverErrno) ? code : codeOf(serverErrno, error),
    errno: serverErrno,
    sqlState: typeof sqlState === 'string' && sqlState !== '' ? sqlState : undefined,
    connectionLost: fatal === true,
    whileConnecting,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Numbers that MySQL and MariaDB gave to different errors. The driver names all by MySQL's list. */
function isAmbiguous(errno: number | undefined): boolean {
  return errno !== undefined && ((errno >= 1900 && errno <= 1999) || (errno >= 4000 && errno <= 4999));
}

function codeOf(errno: number | undefined, error: unknown): string {
  if (errno !== undefined) return `ER_${errno}`;
  return error instanceof Error ? error.name : 'UNKNOWN';
}
