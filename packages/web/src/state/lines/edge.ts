import type { EntriesPage, PageQuestion } from '../../../../client/src/types.ts';
import type { PaneProblem } from '../pane.ts';

/** What lies beyond one end of the lines that are there. */
export interface Edge {
  /**
   * `more`: there may be more; `partial`: the server's budget ended before a page was full; `end`: there are no
   * more; `failed`: the last request did.
   */
  readonly state: 'more' | 'loading' | 'partial' | 'end' | 'failed';
  /** Up to where all was looked at, if it was not to the end. */
  readonly searchedTo?: string | undefined;
  readonly problem?: PaneProblem | undefined;
  /** How the next page is asked for; absent: by the time of the outermost line. */
  readonly onward?: PageQuestion | undefined;
}

export type Side = 'older' | 'newer';

/** The order in which pages are read on a side. */
export const ORDER = { older: 'newest', newer: 'oldest' } as const;

export const MORE: Edge = { state: 'more' };
export const END: Edge = { state: 'end' };

/** What lies behind a page, read in the order that its question asks for. */
export function edgeBehind(page: EntriesPage, question: PageQuestion): Edge {
  if (page.next === null) return END;
  const onward = { ...question, cursor: page.next };
  if (page.complete) return { state: 'more', onward };
  return { state: 'partial', onward, searchedTo: page.searchedTo ?? undefined };
}

/** What a question is asked with to go back from the beginning of its page. */
export function questionBefore(page: EntriesPage, question: PageQuestion): PageQuestion | undefined {
  if (page.previous === null) return undefined;
  const order = question.order === 'oldest' ? 'newest' : 'oldest';
  return { ...question, order, cursor: page.previous };
}

/**
 * A question for what lies beyond a time, with what has this very time: an entry is told from its neighbours of
 * the same microsecond by its id alone.
 */
export function questionFrom(question: PageQuestion, side: Side, time: string): PageQuestion {
  const beyond = side === 'older' ? `time<=${time}` : `time>=${time}`;
  return { ...question, order: ORDER[side], q: withTerm(question.q, beyond), cursor: undefined };
}

/** An expression and one more condition. */
export function withTerm(q: string | undefined, term: string): string {
  return q === undefined || q.trim() === '' ? term : `(${q}) ${term}`;
}
