import type { TailEntry } from '../../../client/src/types.ts';
import { textOf } from './open-gaps.ts';
import { type LiveQuestion, streamKey } from './question.ts';

/** A time that needs no clock and no zone to be read, as `resolvedTime` and the server write it. */
const RESOLVED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Tells which entries of a stream a question's are. `only`: the one thing that the stream asks for. Expressions are
 * read here only where that is another: the means for it are loaded then.
 */
export async function selectionFor(
  question: LiveQuestion,
  only: string | undefined,
): Promise<(entry: TailEntry) => boolean> {
  const { since } = question;
  const isAlone = only === streamKey(question);
  if (isAlone && since === undefined) return () => true;
  if (isAlone && since !== undefined && RESOLVED.test(since)) {
    const first = textOf(since);
    return ({ timestamp }) => textOf(timestamp) >= first;
  }
  const { selectionOf } = await import('./filter.ts');
  return selectionOf(isAlone ? { ...question, q: '' } : question);
}
