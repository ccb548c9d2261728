import { type Connection, jsonOf } from './transport.ts';
import type { EntriesPage, PageQuestion } from './types.ts';

/** A page of entries. Rejects as `answerTo` does. */
export function readPage(
  connection: Connection,
  question: PageQuestion,
  signal: AbortSignal | undefined,
): Promise<EntriesPage> {
  return jsonOf(connection, { path: 'api/v1/entries', query: question, signal });
}

/** This page and all behind it, each asked for when it is wanted. Rejects as `answerTo` does. */
export async function* readPages(
  connection: Connection,
  question: PageQuestion,
  signal: AbortSignal | undefined,
): AsyncGenerator<EntriesPage, void, undefined> {
  let cursor = question.cursor;
  for (;;) {
    const page = await readPage(connection, { ...question, cursor }, signal);
    yield page;
    if (page.next === null) return;
    cursor = page.next;
  }
}
