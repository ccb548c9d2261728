import * as z from 'zod';
import type { StoredEntry } from '../../logs/entry.ts';
import { parseEntryId } from '../../logs/entry-id.ts';
import { entryJson } from '../../logs/entry-json.ts';
import { readContext } from '../../query/answers/context.ts';
import type { EntryKey } from '../../query/answers/ports.ts';
import { allOf } from '../../query/filter.ts';
import { ENTRY } from '../entry-format.ts';
import { flag, text, wholeNumber } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { QUESTION, readQuestion, wrong } from '../question.ts';
import { JSON_TYPE, resource } from '../resource.ts';

const USUAL_NEIGHBOURS = 10;
const MAX_NEIGHBOURS = 500;

const ID = z.object({ id: text().meta({ description: 'As entries have it.' }) });

/** One entry. */
export const entry = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/entries/{id}',
  summary: 'One entry',
  params: ID,
  query: z.object({}),
  response: ENTRY,
  async answer({ params, ask }) {
    const key = keyOf(params.id);
    const found = required(await ask(({ reader, signal }) => reader.entry(key, signal)));
    return { contentType: JSON_TYPE, body: `${entryJson(found)}\n` };
  },
});

/** What stands around an entry. */
export const context = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/entries/{id}/context',
  summary: 'An entry, and what came before and after it',
  params: ID,
  query: z.object({
    before: wholeNumber(0, MAX_NEIGHBOURS).default(USUAL_NEIGHBOURS),
    after: wholeNumber(0, MAX_NEIGHBOURS).default(USUAL_NEIGHBOURS),
    q: QUESTION.q.meta({ description: 'Which of its neighbours count; all if absent.' }),
    tz: QUESTION.tz,
    sameService: flag().optional().meta({ description: 'Those of its own service alone.' }),
  }),
  response: z.strictObject({
    before: z.array(ENTRY).meta({ description: 'Oldest first.' }),
    entry: ENTRY,
    after: z.array(ENTRY),
    complete: z.boolean().meta({ description: 'Otherwise the budget ended before all were found.' }),
  }),
  async answer({ params, query, nowMs, ask }) {
    const key = keyOf(params.id);
    const { before: most, after: mostAfter, sameService: isOfService = false, q, tz } = query;
    const asked = readQuestion({ q, tz }, nowMs).filter;
    const [found, { before, after, isComplete }] = await ask(async (means) => {
      const middle = required(await means.reader.entry(key, means.signal));
      const filter = isOfService ? allOf([asked, ofServiceOf(middle)]) : asked;
      const request = { key: middle, filter, before: most, after: mostAfter };
      return [middle, await readContext(request, means)] as const;
    });
    const list = (entries: readonly StoredEntry[]) => `[${entries.map(entryJson).join(',')}]`;
    return {
      contentType: JSON_TYPE,
      body: `{"before":${list(before)},"entry":${entryJson(found)},"after":${list(after)},"complete":${String(isComplete)}}\n`,
    };
  },
});

function ofServiceOf({ serviceName }: StoredEntry) {
  return { kind: 'column', column: 'service', test: { kind: 'equals', text: serviceName } } as const;
}

function keyOf(id: string): EntryKey {
  const key = parseEntryId(id);
  if (key === undefined) throw wrong('id', 'this is no id of an entry');
  return key;
}

function required(found: StoredEntry | undefined): StoredEntry {
  if (found !== undefined) return found;
  throw new Problem('NO_ENTRY', 'It may not be stored yet, or it was removed.');
}
