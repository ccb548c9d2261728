import { LmsError } from '../../errors/catalogue.ts';
import { type Cursor, filterHash, parseCursor } from '../../query/answers/cursor.ts';
import type { Stretch } from '../../query/answers/ports.ts';
import type { Question } from './question.ts';

/** Reads a cursor that a person gave. Throws CURSOR if it is none. */
export function readCursor(text: string): Cursor {
  const cursor = parseCursor(text);
  if (cursor !== undefined) return cursor;
  throw new LmsError('CURSOR', '--cursor: this is damaged, or of another release of lms');
}

/** Where a question goes on by a cursor. Throws CURSOR if it is one of another question. */
export function startOf({ stretch, filterHash: hash }: Cursor, { filter }: Question): Stretch {
  if (hash === filterHash(filter) && stretch.order === 'newest') return stretch;
  throw new LmsError('CURSOR', '--cursor: this is of another question than the one it is given with');
}
