import { type ErrorCode, LmsError } from '../../errors/catalogue.ts';
import { StoreError, type Verdict } from '../../pipeline/ports.ts';

type Case = readonly [errcode: number, name: string, verdict: Verdict, refusal: ErrorCode, meaning: string];

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const RESULT_CODES: readonly Case[] = [
  [3, 'SQLITE_PERM', 'fatal', 'DATABASE_DENIED', 'access is not permitted'],
  [5, 'SQLITE_BUSY', 'transient', 'DATABASE_UNREACHABLE', 'another process is writing'],
  [6, 'SQLITE_LOCKED', 'transient', 'DATABASE_UNREACHABLE', 'a table is locked'],
  [7, 'SQLITE_NOMEM', 'transient', 'DATABASE_FAILED', 'there is no memory left'],
  [8, 'SQLITE_READONLY', 'fatal', 'DATABASE_DENIED', 'the file may only be read'],
  [10, 'SQLITE_IOERR', 'transient', 'DATABASE_FAILED', 'the disk failed'],
  [11, 'SQLITE_CORRUPT', 'fatal', 'DATABASE_FAILED', 'the file is damaged'],
  [13, 'SQLITE_FULL', 'transient', 'DATABASE_FAILED', 'the disk is full'],
  [14, 'SQLITE_CANTOPEN', 'fatal', 'DATABASE_MISSING', 'the file is missing or cannot be opened'],
  [18, 'SQLITE_TOOBIG', 'row', 'DATABASE_FAILED', 'a value is too large'],
  [19, 'SQLITE_CONSTRAINT', 'row', 'DATABASE_FAILED', 'a constraint refuses the row'],
  [20, 'SQLITE_MISMATCH', 'row', 'DATABASE_FAILED', 'a value has the wrong type'],
  [26, 'SQLITE_NOTADB', 'fatal', 'DATABASE_FAILED', 'the file is no SQLite database'],
];

const CASES = new Map(RESULT_CODES.map((known) => [known[0], known]));

/**
 * Turns whatever a write threw into a `StoreError`. SQLite's own messages name columns, never values. `cause`
 * is what a person is told.
 */
export function storeError(error: unknown, cause?: LmsError): StoreError {
  if (error instanceof StoreError) return error;
  const [, name, verdict, , meaning] = caseOf(error);
  return new StoreError(verdict, name, meaning, { cause });
}

/** What a person is told when the file cannot be opened or read. */
export function explainError(path: string, error: unknown): LmsError {
  if (error instanceof LmsError) return error;
  const [, name, , code, meaning] = caseOf(error);
  return new LmsError(code, `the SQLite file ${path}: ${meaning} (${name})`);
}

function caseOf(error: unknown): Case {
  const message = error instanceof Error ? error.message : String(error);
  const errcode =
    typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  // The extended codes keep the primary one in their lowest eight bits.
  const known = typeof errcode === 'number' ? CASES.get(errcode & 0xff) : undefined;
  if (known !== undefined) return known;
  const refusal = message.startsWith('no such table') ? 'SCHEMA_VERSION' : 'DATABASE_FAILED';
  return [1, 'SQLITE_ERROR', 'fatal', refusal, message];
}
