import { LmsError, type ErrorCode } from '../../errors/catalogue.ts';
import { StoreError, type Verdict } from '../../pipeline/ports.ts';

interface Meaning {
  readonly code: string;
  readonly verdict: Verdict;
  readonly refusal: ErrorCode;
  readonly text: string;
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [3, { code: 'SQLITE_PERM', verdict: 'fatal', refusal: 'DATABASE_DENIED', text: 'access is not permitted' }],
  [
    5,
    {
      code: 'SQLITE_BUSY',
      verdict: 'transient',
      refusal: 'DATABASE_UNREACHABLE',
      text: 'another process is writing',
    },
  ],
  [
    6,
    {
      code: 'SQLITE_LOCKED',
      verdict: 'transient',
      refusal: 'DATABASE_UNREACHABLE',
      text: 'a table is locked',
    },
  ],
  [
    7,
    {
      code: 'SQLITE_NOMEM',
      verdict: 'transient',
      refusal: 'DATABASE_FAILED',
      text: 'there is no memory left',
    },
  ],
  [
    8,
    {
      code: 'SQLITE_READONLY',
      verdict: 'fatal',
      refusal: 'DATABASE_DENIED',
      text: 'the file may only be read',
    },
  ],
  [10, { code: 'SQLITE_IOERR', verdict: 'transient', refusal: 'DATABASE_FAILED', text: 'the disk failed' }],
  [11, { code: 'SQLITE_CORRUPT', verdict: 'fatal', refusal: 'DATABASE_FAILED', text: 'the file is damaged' }],
  [13, { code: 'SQLITE_FULL', verdict: 'transient', refusal: 'DATABASE_FAILED', text: 'the disk is full' }],
  [
    14,
    {
      code: 'SQLITE_CANTOPEN',
      verdict: 'fatal',
      refusal: 'DATABASE_MISSING',
      text: 'the file is missing or cannot be opened',
    },
  ],
  [18, { code: 'SQLITE_TOOBIG', verdict: 'row', refusal: 'DATABASE_FAILED', text: 'a value is too large' }],
  [
    19,
    {
      code: 'SQLITE_CONSTRAINT',
      verdict: 'row',
      refusal: 'DATABASE_FAILED',
      text: 'a constraint refuses the row',
    },
  ],
  [
    20,
    {
      code: 'SQLITE_MISMATCH',
      verdict: 'row',
      refusal: 'DATABASE_FAILED',
      text: 'a value has the wrong type',
    },
  ],
  [
    26,
    {
      code: 'SQLITE_NOTADB',
      verdict: 'fatal',
      refusal: 'DATABASE_FAILED',
      text: 'the file is no SQLite database',
    },
  ],
]);

/**
 * Turns whatever a write threw into a `StoreError`. SQLite's own messages name columns, never values. `cause` is what a person is
 * told.
 */
export function storeError(error: unknown, cause?: LmsError): StoreError {
  if (error instanceof StoreError) return error;
  const { code, verdict, text } = meaningOf(error);
  return new StoreError(verdict, code, text, { cause });
}

/** What a person is told when the file cannot be opened or read. */
export function refusal(path: string, error: unknown): LmsError {
  if (error instanceof LmsError) return error;
  const meaning = meaningOf(error);
  return new LmsError(meaning.refusal, `the SQLite file ${path}: ${meaning.text} (${meaning.code})`);
}

function meaningOf(error: unknown): Meaning {
  const message = error instanceof Error ? error.message : String(error);
  const resultCode =
    typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  // The extended codes keep the primary one in their lowest eight bits.
  const known = typeof resultCode === 'number' ? MEANINGS.get(resultCode & 0xff) : undefined;
  if (known !== undefined) return known;
  const refusal = message.startsWith('no such table') ? 'SCHEMA_VERSION' : 'DATABASE_FAILED';
  return { code: 'SQLITE_ERROR', verdict: 'fatal', refusal, text: message };
}
