import type { EntriesPage, PageQuestion, Question, TailEntry } from '../../../../client/src/types.ts';
import { type Edge, edgeBehind, END, MORE, questionBefore, questionFrom, withTerm } from './edge.ts';
import type { Lines } from './line-order.ts';
import { type Opened, PAGE_SIZE, type ReadPage } from './line-store.ts';

/** So many lines are shown on each side of what one goes to. */
const NEIGHBOURS = 100;

/** An entry and what stands around it, oldest first. */
interface Around {
  readonly before: Lines;
  readonly entry: TailEntry;
  readonly after: Lines;
}

/** What answers questions about lines. */
export interface LineSource {
  readonly page: ReadPage;
  readonly around: (
    id: string,
    query: Pick<Question, 'q' | 'tz'> & { readonly before: number; readonly after: number },
    signal: AbortSignal,
  ) => Promise<Around>;
}

/** The newest lines of a question. */
export async function openNewest(
  source: LineSource,
  question: PageQuestion,
  signal: AbortSignal,
): Promise<Opened> {
  const asked = { ...question, order: 'newest', limit: PAGE_SIZE } as const;
  const page = await source.page(asked, signal);
  const [older, back] = [edgeBehind(page, asked), questionBefore(page, asked)];
  const lines = page.entries.toReversed();
  // What came since is behind the end: it is looked at when somebody asks for it.
  return { lines, older, newer: { ...END, onward: back }, boundaries: boundariesOf(lines, older, back) };
}

/** An entry and what stands around it, of what matches and lies in the time that is asked for. */
export async function openAround(
  source: LineSource,
  id: string,
  question: PageQuestion,
  signal: AbortSignal,
): Promise<Opened> {
  const { q, tz, since, until } = question;
  const isBounded = since !== undefined || until !== undefined;
  const [{ before, entry, after }, page] = await Promise.all([
    source.around(id, { q, tz, before: NEIGHBOURS, after: NEIGHBOURS }, signal),
    isBounded ? source.page({ ...question, limit: 1 }, signal) : undefined,
  ]);
  const isInside = insideOf(page?.range);
  return {
    lines: [...before.filter(isInside), entry, ...after.filter(isInside)],
    older: MORE,
    newer: MORE,
  };
}

/** The lines on both sides of a time, and the first that is not before it. */
export async function openAt(
  source: LineSource,
  time: string,
  question: PageQuestion,
  signal: AbortSignal,
): Promise<Opened & { readonly first: TailEntry | undefined }> {
  const limit = NEIGHBOURS;
  const newerAsked = { ...questionFrom(question, 'newer', time), limit };
  const olderAsked = {
    ...question,
    order: 'newest',
    q: withTerm(question.q, `time<${time}`),
    limit,
  } as const;
  const [olderPage, newerPage] = await Promise.all([
    source.page(olderAsked, signal),
    source.page(newerAsked, signal),
  ]);
  const lines = [...olderPage.entries.toReversed(), ...newerPage.entries];
  const older = edgeBehind(olderPage, { ...olderAsked, limit: PAGE_SIZE });
  const newer = edgeBehind(newerPage, { ...newerAsked, limit: PAGE_SIZE });
  return { lines, older, newer, first: newerPage.entries[0] ?? lines.at(-1) };
}

function boundariesOf(lines: Lines, older: Edge, newer: PageQuestion | undefined): Opened['boundaries'] {
  const of = (id: string | undefined, question: PageQuestion | undefined) =>
    new Map(id === undefined || question === undefined ? [] : [[id, question]]);
  return { older: of(lines[0]?.id, older.onward), newer: of(lines.at(-1)?.id, newer) };
}

function insideOf(range: EntriesPage['range'] | undefined): (entry: TailEntry) => boolean {
  const [from, to] = [range?.from ?? undefined, range?.to ?? undefined];
  return ({ timestamp }) => (from === undefined || timestamp >= from) && (to === undefined || timestamp < to);
}
