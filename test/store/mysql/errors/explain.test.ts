import { describe, expect, it } from 'vitest';
import { LmsError } from '../../../../src/errors/catalogue.ts';
import type { MySqlTarget } from '../../../../src/store/connection-target.ts';
import { explainError, isTlsFailure } from '../../../../src/store/mysql/errors/explain.ts';

const TARGET: MySqlTarget = {
  kind: 'mysql',
  addresses: [{ host: 'db.example', port: 3306 }],
  user: 'lms',
  password: 'S3cret',
  database: 'logs',
  sslMode: 'required',
};

function failed(
  fields: object,
  message = "Access denied for user 'lms'@'host' (using password: YES)",
): Error {
  return Object.assign(new Error(message), fields);
}

describe('what a person is told when the database refuses', () => {
  it.each([
    [
      { code: 'ECONNREFUSED' },
      'DATABASE_UNREACHABLE',
      'no MySQL server answers at db.example:3306 (ECONNREFUSED)',
    ],
    [{ code: 'ER_CON_COUNT_ERROR', errno: 1040 }, 'DATABASE_UNREACHABLE', 'too many connections'],
    [{ code: 'ER_HOST_IS_BLOCKED', errno: 1129 }, 'DATABASE_UNREACHABLE', 'until FLUSH HOSTS'],
    [{ code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, 'DATABASE_DENIED', 'does not let lms in'],
    [{ code: 'ER_DBACCESS_DENIED_ERROR', errno: 1044 }, 'DATABASE_DENIED', 'may not use the database logs'],
    [{ code: 'ER_TABLEACCESS_DENIED_ERROR', errno: 1142 }, 'DATABASE_DENIED', 'lacks a privilege'],
    [{ code: 'ER_ACCOUNT_HAS_BEEN_LOCKED', errno: 3118 }, 'DATABASE_DENIED', 'does not let lms in'],
    [{ code: 'ER_X', errno: 4151 }, 'DATABASE_DENIED', '(ER_4151)'],
    [{ code: 'ER_MUST_CHANGE_PASSWORD', errno: 1820 }, 'DATABASE_DENIED', 'does not let lms in'],
    [{ code: 'ER_SECURE_TRANSPORT_REQUIRED', errno: 3159 }, 'DATABASE_DENIED', 'set ssl-mode=required'],
    [{ code: 'ER_BINLOG_STMT', errno: 1665 }, 'DATABASE_FAILED', 'set binlog_format=ROW'],
    [{ code: 'CR_CONN_HOST_ERROR', errno: 2003 }, 'DATABASE_UNREACHABLE', 'a proxy reaches no server'],
    [{ code: 'AUTH_SWITCH_PLUGIN_ERROR' }, 'DATABASE_DENIED', 'a way to log in'],
    [{ code: 'ER_BAD_DB_ERROR', errno: 1049 }, 'DATABASE_MISSING', 'has no database logs'],
    [{ code: 'ER_NO_SUCH_TABLE', errno: 1146 }, 'SCHEMA_VERSION', 'lacks a table'],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 'DATABASE_UNREACHABLE', 'under ssl-mode=required'],
    [{ code: 'ER_PARSE_ERROR', errno: 1064 }, 'DATABASE_FAILED', 'MySQL error 1064'],
    [{ name: 'TypeError' }, 'DATABASE_FAILED', 'talking to the MySQL server'],
  ])('%j is %s', (fields, code, part) => {
    const error = explainError(TARGET, failed(fields));
    expect(error).toMatchObject({ code, message: expect.stringContaining(part) as string });
    expect(error.message).not.toContain('S3cret');
  });

  it('all addresses are named, an IPv6 address in brackets', () => {
    const addresses = [
      { host: '::1', port: 3306 },
      { host: 'b', port: 1 },
      { socketPath: '/run/mysqld.sock' },
    ];
    const { message } = explainError({ ...TARGET, addresses }, failed({ code: 'ECONNREFUSED' }));
    expect(message).toBe('no MySQL server answers at [::1]:3306 or b:1 or /run/mysqld.sock (ECONNREFUSED)');
  });

  it('a refusal of a plain connection says that the server may want TLS', () => {
    const denied = failed({ code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 });
    expect(explainError({ ...TARGET, sslMode: 'disabled' }, denied).message).toContain(
      'set ssl-mode=required',
    );
    expect(explainError(TARGET, denied).message).not.toContain('TLS');
  });

  it('what is told already stays what it is', () => {
    const error = new LmsError('SCHEMA_VERSION', 'newer');
    expect(explainError(TARGET, error)).toBe(error);
  });

  it('a failure of TLS is told from others', () => {
    expect(isTlsFailure(failed({ code: 'HANDSHAKE_NO_SSL_SUPPORT' }))).toBe(true);
    expect(isTlsFailure(failed({ code: 'ECONNREFUSED' }))).toBe(false);
  });
});
