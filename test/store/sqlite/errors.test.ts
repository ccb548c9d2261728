import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/pipeline/ports.ts';
import { explainError, storeError } from '../../../src/store/sqlite/errors.ts';

function sqliteError(errcode: number, message = 'text'): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

describe('the verdict on an error of SQLite', () => {
  it.each([
    [5, 'transient', 'SQLITE_BUSY'],
    [6, 'transient', 'SQLITE_LOCKED'],
    [13, 'transient', 'SQLITE_FULL'],
    [10, 'transient', 'SQLITE_IOERR'],
    [19, 'row', 'SQLITE_CONSTRAINT'],
    [18, 'row', 'SQLITE_TOOBIG'],
    [8, 'fatal', 'SQLITE_READONLY'],
    [11, 'fatal', 'SQLITE_CORRUPT'],
    [1, 'fatal', 'SQLITE_ERROR'],
  ])('%i is %s: %s', (errcode, verdict, code) => {
    expect(storeError(sqliteError(errcode))).toMatchObject({ verdict, code });
  });

  it('an extended code has the verdict of its primary code', () => {
    const ioErrorOnFsync = 10 | (4 << 8);
    expect(storeError(sqliteError(ioErrorOnFsync))).toMatchObject({
      verdict: 'transient',
      code: 'SQLITE_IOERR',
    });
  });

  it('a StoreError stays what it is', () => {
    const error = new StoreError('row', 'X', 'x');
    expect(storeError(error)).toBe(error);
  });
});

describe('what a person is told when the file refuses', () => {
  it.each([
    [14, 'DATABASE_MISSING'],
    [8, 'DATABASE_DENIED'],
    [26, 'DATABASE_FAILED'],
    [5, 'DATABASE_UNREACHABLE'],
  ])('%i is %s and names the file', (errcode, code) => {
    expect(explainError('/data/lms.db', sqliteError(errcode))).toMatchObject({
      code,
      message: expect.stringContaining('/data/lms.db') as string,
    });
  });

  it('a missing table is SCHEMA_VERSION', () => {
    expect(explainError('lms.db', sqliteError(1, 'no such table: service_logs'))).toMatchObject({
      code: 'SCHEMA_VERSION',
    });
  });
});
