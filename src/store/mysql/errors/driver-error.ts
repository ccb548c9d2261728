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
  /** May hold values of the row: not for logs. */
  readonly message: string;
}

/** Reads what was thrown. */
export function driverError(error: unknown): DriverError {
  const fields: Readonly<Record<string, unknown>> =
    typeof error === 'object' && error !== null ? { ...error } : {};
  const { code, errno, sqlState, fatal } = fields;
  // System errors have an errno too, a negative one.
  const serverErrno = typeof errno === 'number' && errno > 0 ? errno : undefined;
  return {
    code: typeof code === 'string' ? code : codeOf(serverErrno, error),
    errno: serverErrno,
    sqlState: typeof sqlState === 'string' && sqlState !== '' ? sqlState : undefined,
    connectionLost: fatal === true,
    message: error instanceof Error ? error.message : String(error),
  };
}

function codeOf(errno: number | undefined, error: unknown): string {
  if (errno !== undefined) return `ER_${errno}`;
  return error instanceof Error ? error.name : 'UNKNOWN';
}
