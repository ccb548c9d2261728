import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../../src/pipeline/ports.ts';
import { leavesConnectionUsable, storeError } from '../../../../src/store/mysql/errors/classify.ts';
import { ConnectError } from '../../../../src/store/mysql/errors/driver-error.ts';

function serverError(errno: number, code: string | undefined, sqlState: string, message = 'text'): Error {
  return Object.assign(new Error(message), { errno, sqlState, ...(code !== undefined && { code }) });
}

function socketError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:3306`), { code, errno: -111, fatal: true });
}

function outage(errno: number): [number, string, string] {
  return [errno, 'HY000', 'transient'];
}

describe('the verdict on an error of MySQL', () => {
  it.each([
    [1213, '40001', 'transient'],
    [1205, 'HY000', 'transient'],
    [1040, '08004', 'transient'],
    [1053, '08S01', 'transient'],
    [1290, 'HY000', 'transient'],
    [1047, '08S01', 'transient'],
    [1114, 'HY000', 'transient'],
    [1927, '70100', 'transient'],
    [1129, 'HY000', 'transient'],
    [1135, 'HY000', 'transient'],
    [1226, '42000', 'transient'],
    [1874, 'HY000', 'transient'],
    [2006, 'HY000', 'transient'],
    [2013, 'HY000', 'transient'],
    [3032, 'HY000', 'transient'],
    [3168, 'HY000', 'transient'],
    [3169, 'HY000', 'transient'],
    [1105, 'HY000', 'transient'],
    [8005, 'HY000', 'transient'],
    [8004, 'HY000', 'row'],
    [8025, 'HY000', 'row'],
    [1406, '22001', 'row'],
    [1366, '22007', 'row'],
    [1292, '22007', 'row'],
    [3140, '22032', 'row'],
    [3151, '22032', 'row'],
    [1301, 'HY000', 'row'],
    [1048, '23000', 'row'],
    [3819, 'HY000', 'row'],
    [4025, '23000', 'row'],
    [1526, 'HY000', 'row'],
    [1146, '42S02', 'fatal'],
    [1045, '28000', 'fatal'],
    [1142, '42000', 'fatal'],
    [1049, '42000', 'fatal'],
    [1054, '42S22', 'fatal'],
    [1364, 'HY000', 'fatal'],
    // Groups of MySQL, and routers and proxies that reach no server.
    ...[3796, 3797, 3798, 3799, 1297, 1815, 2000, 2002, 2003, 2026, 2055, 2999].map(outage),
    ...[1, 3, 126, 999, 1036, 3989, 1534, 1811, 4082, 1034, 1932].map(outage),
    // TiDB.
    ...[8001, 8002, 8020, 8022, 8024, 8027, 8028, 8043, 8113, 8120, 8141, 8176, 8254].map(outage),
    ...[9001, 9006, 9008, 9010, 9011, 9012, 9013].map(outage),
    [8129, 'HY000', 'row'],
    [8178, 'HY000', 'row'],
    [8200, 'HY000', 'fatal'],
    [8048, 'HY000', 'fatal'],
    // ProxySQL, by its SQLSTATE.
    [9001, 'HY000', 'transient'],
    [9003, '28000', 'fatal'],
    [9006, 'Y0000', 'fatal'],
    // Others.
    [2059, 'HY000', 'fatal'],
    [1251, '08004', 'fatal'],
    [1665, 'HY000', 'fatal'],
    [3159, 'HY000', 'fatal'],
    [3098, 'HY000', 'fatal'],
    [1644, '45000', 'row'],
    [1197, 'HY000', 'row'],
    [1690, '22003', 'transient'],
    [1184, '08S01', 'transient'],
  ])('%i with SQLSTATE %s is %s', (errno, sqlState, verdict) => {
    expect(storeError(serverError(errno, 'ER_SOME', sqlState))).toMatchObject({ verdict });
  });

  it.each([
    ['22999', 'row'],
    ['23999', 'row'],
    ['08999', 'transient'],
    ['40999', 'transient'],
    ['70100', 'transient'],
    ['HY001', 'transient'],
    ['25006', 'transient'],
    ['45000', 'row'],
    ['42000', 'fatal'],
    ['HY000', 'fatal'],
    ['', 'fatal'],
  ])('a number that is not in the table goes by its SQLSTATE %s: %s', (sqlState, verdict) => {
    expect(storeError(serverError(7_777, undefined, sqlState))).toMatchObject({ verdict, code: 'ER_7777' });
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EADDRNOTAVAIL',
    'EMFILE',
    'ENFILE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'PROTOCOL_CONNECTION_LOST',
    'PROTOCOL_SEQUENCE_TIMEOUT',
  ])('%s is transient, whether or not mysql2 has given the connection up', (code) => {
    const error = { verdict: 'transient', code };
    expect(storeError(socketError(code))).toMatchObject(error);
    expect(storeError(Object.assign(new Error(code), { code }))).toMatchObject(error);
  });

  it('a connection that mysql2 has given up is transient, a bug of ours is fatal', () => {
    const closed = Object.assign(new Error("Can't add new command when connection is in closed state"), {
      fatal: true,
    });
    expect(storeError(closed)).toMatchObject({ verdict: 'transient' });
    expect(storeError(new TypeError('Bind parameters must not contain undefined'))).toMatchObject({
      verdict: 'fatal',
      code: 'TypeError',
    });
    expect(storeError('thrown')).toMatchObject({ verdict: 'fatal', code: 'UNKNOWN', message: 'thrown' });
  });

  it('the message names the column and holds no value, and neither does anything else of the error', () => {
    const error = storeError(
      serverError(
        1366,
        'ER_TRUNCATED',
        '22007',
        "Incorrect string value: '\\xF0secret' for column `lms`.`service_logs`.`payload` at row 3",
      ),
    );
    expect(error.message).toBe(
      'a value does not fit the type or character set of its column (column payload)',
    );
    expect(error.cause).toBeUndefined();
    const named = storeError(
      serverError(1406, 'ER_DATA_TOO_LONG', '22001', "Data too long for column 'service_name' at row 1"),
    );
    expect(named.message).toBe('a value is too long for its column (column service_name)');
  });

  it('a value that imitates the server does not get into the message', () => {
    const message = "Duplicate entry 'for column 'stolen secret'' for key 'PRIMARY'";
    expect(storeError(serverError(1062, 'ER_DUP_ENTRY', '23000', message)).message).not.toContain('stolen');
  });

  it('a StoreError stays what it is', () => {
    const error = new StoreError('row', 'ENTRY_TOO_LARGE', 'too large');
    expect(storeError(error)).toBe(error);
  });
});

describe('a refusal that comes of the row alone', () => {
  it.each([
    [
      3140,
      '22032',
      `Invalid JSON text: "Invalid value." at position 0 in value for column 'service_logs.tags'.`,
    ],
    [3150, '22032', 'The JSON value is too big to be stored in a JSON column.'],
    [3151, '22032', 'The JSON object contains a key name that is too long.'],
    [3157, '22032', 'The JSON document exceeds the maximum depth.'],
    [1301, 'HY000', 'Result of json_binary() was larger than max_allowed_packet (1048576) - truncated'],
    [8129, 'HY000', 'TiDB does not yet support JSON objects with the key length >= 65536'],
  ])('is told from others: %i', (errno, sqlState, message) => {
    const error = storeError(serverError(errno, undefined, sqlState, message));
    expect(error).toMatchObject({ verdict: 'row', isOfRowAlone: true });
  });

  it.each([
    // Somebody has made a column for JSON of it.
    [
      3140,
      '22032',
      `Invalid JSON text: "Invalid value." at position 0 in value for column 'service_logs.payload'.`,
    ],
    [1153, '08S01', 'Got a packet bigger than max_allowed_packet'],
    [1406, '22001', `Data too long for column 'payload' at row 1`],
    [3819, 'HY000', `Check constraint 'tags' is violated.`],
    [1526, 'HY000', 'Table has no partition for value 1'],
  ])('may also come of the table: %i %s %s', (errno, sqlState, message) => {
    const error = storeError(serverError(errno, undefined, sqlState, message));
    expect(error).toMatchObject({ verdict: 'row', isOfRowAlone: false });
  });
});

describe('one number with several meanings', () => {
  it.each([
    [1105, 'HY000', 'target: logs.-.primary: primary is not serving', 'transient'],
    [1105, 'HY000', 'VT12001: unsupported: this statement', 'fatal'],
    [1105, 'HY000', 'VT14001: connection error', 'transient'],
    [1105, 'HY000', 'Connections using insecure transport are prohibited', 'fatal'],
    [1264, '22003', "Out of range value for column 'count' at row 1", 'transient'],
    [1264, '22003', 'Out of range value for column `lms`.`service_severity`.`count` at row 1', 'transient'],
    [1264, '22003', "Out of range value for column 'attempt_id' at row 1", 'row'],
    [1030, 'HY000', 'Got error 139 "Too big row" from storage engine InnoDB', 'row'],
    [1030, 'HY000', 'Got error 28 "No space left on device" from storage engine InnoDB', 'transient'],
  ])('%i with SQLSTATE %s and "%s" is %s', (errno, sqlState, message, verdict) => {
    expect(storeError(serverError(errno, undefined, sqlState, message))).toMatchObject({ verdict });
  });

  it('an option that is not read_only is not told as read-only', () => {
    const option = (name: string) =>
      storeError(serverError(1290, undefined, 'HY000', `running with the ${name} option`));
    for (const name of ['--read-only', '--super-read-only', 'read_only'])
      expect(option(name).message).toContain('read-only');
    expect(option('ENFORCE_STORAGE_ENGINE=MyISAM').message).not.toContain('read-only');
  });

  it('the code of a number that MySQL and MariaDB use for different errors is the number', () => {
    expect(storeError(serverError(4151, 'ER_BULK_PARSER_X', 'HY000')).code).toBe('ER_4151');
    expect(storeError(serverError(1213, 'ER_LOCK_DEADLOCK', '40001')).code).toBe('ER_LOCK_DEADLOCK');
  });
});

describe('while connecting', () => {
  it.each([
    [2003, 'HY000', 'transient'],
    [7_777, 'HY000', 'transient'],
    [7_777, '', 'transient'],
    [7_777, '42000', 'fatal'],
    [1045, '28000', 'fatal'],
    [1049, '42000', 'fatal'],
    [3159, 'HY000', 'fatal'],
  ])('%i with SQLSTATE "%s" is %s', (errno, sqlState, verdict) => {
    expect(storeError(new ConnectError(serverError(errno, undefined, sqlState)))).toMatchObject({ verdict });
  });

  it('a failure of the socket or of us is what it is otherwise', () => {
    expect(storeError(new ConnectError(socketError('ECONNREFUSED')))).toMatchObject({
      verdict: 'transient',
      code: 'ECONNREFUSED',
    });
    expect(storeError(new ConnectError(new TypeError('a bug')))).toMatchObject({
      verdict: 'fatal',
      code: 'TypeError',
    });
  });
});

it('what only a person can end says what to do', () => {
  const message = (errno: number) => storeError(serverError(errno, undefined, 'HY000')).message;
  expect(message(1665)).toContain('set binlog_format=ROW');
  expect(message(3159)).toContain('set ssl-mode=required');
  expect(message(3098)).toContain('InnoDB');
  expect(message(1461)).toContain('raise max_prepared_stmt_count');
});

describe('after an error the connection', () => {
  it('is kept when the server has only refused rows or resolved a conflict', () => {
    expect(leavesConnectionUsable(serverError(1213, 'ER_LOCK_DEADLOCK', '40001'))).toBe(true);
    expect(leavesConnectionUsable(serverError(1205, 'ER_LOCK_WAIT_TIMEOUT', 'HY000'))).toBe(true);
    expect(leavesConnectionUsable(serverError(1406, 'ER_DATA_TOO_LONG', '22001'))).toBe(true);
  });

  it('is thrown away when it, or the server behind it, may be the trouble', () => {
    expect(leavesConnectionUsable(serverError(1290, 'ER_OPTION_PREVENTS_STATEMENT', 'HY000'))).toBe(false);
    expect(leavesConnectionUsable(socketError('ECONNRESET'))).toBe(false);
    expect(leavesConnectionUsable(new TypeError('a bug'))).toBe(false);
  });
});
