import * as z from 'zod';
import type { StoredEntry } from '../../logs/entry.ts';
import { filterHash, printCursor } from '../../query/answers/cursor.ts';
import { type Cost, type Page, readPage } from '../../query/answers/page.ts';
import type { Order, Stretch } from '../../query/answers/ports.ts';
import { PLAN_KINDS, WORD_INDEX_USES } from '../../query/answers/way.ts';
import { ENTRY, FIELDS, jsonWriter, lineFormat, type Shown } from '../entry-format.ts';
import { exportEntries } from '../export-entries.ts';
import { type Format, formatFor, FORMATS, typeOf } from '../format.ts';
import { flag, names, oneOf, text, wholeNumber } from '../parameters.ts';
import {
  placeOf,
  QUESTION,
  type Question,
  RANGE,
  readCursor,
  readQuestion,
  shownRange,
  shownTime,
  wrong,
} from '../question.ts';
import { JSON_TYPE, resource } from '../resource.ts';
import type { Answer } from '../route.ts';

const USUAL_LIMIT = 100;
const MAX_LIMIT = 1_000;

const QUERY = z.object({
  ...QUESTION,
  order: oneOf(['newest', 'oldest']).default('newest').meta({ description: 'Which entries come first.' }),
  limit: z
    .union([z.literal('all').transform(() => Infinity), wholeNumber(1, MAX_LIMIT)], {
      error: `it should be a whole number from 1 to ${MAX_LIMIT}, or all`,
    })
    .default(USUAL_LIMIT)
    .meta({ description: 'How many; all but in JSON: page by page, as many as there are.' }),
  cursor: text().optional().meta({ description: 'next or previous of an answer to the same question.' }),
  format: oneOf(FORMATS).optional().meta({ description: 'Before what Accept says.' }),
  fields: names()
    .optional()
    .meta({
      description: 'Only these, as in time,severity,tags.user.',
      examples: ['time,severity,payload'],
    }),
  explain: flag()
    .optional()
    .meta({ description: 'Say of a page how its rows were reached: in cost, or in the header LMS-Cost.' }),
  spreadsheet: flag()
    .optional()
    .meta({ description: 'An apostrophe before what a spreadsheet would take for a formula.' }),
});

const COST = z.strictObject({
  plan: z.enum(PLAN_KINDS).meta({
    description:
      'How the rows were reached: in the order of time, by indexes of tags or of services, without minutes that have none.',
  }),
  rowsRead: z.int(),
  ms: z.number(),
  indexes: z.array(z.string()).meta({ description: 'The tags by whose indexes they were found.' }),
  missingIndexes: z.array(z.string()).meta({ description: 'The tags whose indexes would have helped.' }),
  words: z.enum(WORD_INDEX_USES).meta({
    description:
      'Whether the index of words told where to look; unusable: all was looked at, for there is none, or it cannot be relied on now.',
  }),
});

type Query = z.output<typeof QUERY>;

/** Entries that match, page by page, or all. */
export const entries = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/entries',
  summary: 'Entries that match, page by page, or all of them',
  params: z.object({}),
  query: QUERY,
  response: z.strictObject({
    entries: z.array(z.union([ENTRY, FIELDS])),
    order: z.enum(['newest', 'oldest']),
    complete: z.boolean().meta({
      description: 'The page is full, or all was searched; otherwise the budget of a question ended it.',
    }),
    range: RANGE.meta({ description: 'The time that all that matches lies in.' }),
    searchedTo: z
      .string()
      .nullable()
      .meta({ description: 'The time up to which all was looked at; null: to the end.' }),
    next: z.string().nullable().meta({ description: 'The cursor of what comes behind; null: nothing does.' }),
    previous: z.string().nullable().meta({ description: 'The cursor of what comes before.' }),
    cost: COST.optional().meta({ description: 'With explain=true.' }),
  }),
  otherTypes: FORMATS.filter((format) => format !== 'json').map(typeOf),
  async answer({ query, headers, nowMs, ask }): Promise<Answer> {
    const format = formatFor(query.format, headers.accept);
    const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const atMs = cursor?.nowMs ?? nowMs;
    const question = readQuestion(query, atMs);
    const stretch: Stretch = cursor ? placeOf(cursor, question) : { order: query.order };
    const ofFilter = filterHash(question.filter);
    const print = (each: Stretch | undefined) =>
      each && printCursor({ stretch: each, nowMs: atMs, filterHash: ofFilter });
    if (query.limit === Infinity) {
      if (format === 'json') throw wrong('limit', `in JSON it should be a number: format=ndjson has all`);
      if (stretch.order !== query.order)
        throw wrong('cursor', 'a cursor of what comes before goes with a number');
      return exportEntries({ filter: question.filter, stretch }, { format, shown: query, ask, print });
    }
    const { limit } = query;
    const page = await ask((means) => readPage({ filter: question.filter, stretch, limit }, means));
    const listed = inOrder(page, stretch.order, query.order);
    const { order, explain: isExplained = false } = query;
    return shownPage(listed, { format, shown: query, order, question, isExplained, print });
  },
});

/** A page in the order that was asked for. */
interface Listed {
  readonly entries: readonly StoredEntry[];
  readonly isComplete: boolean;
  readonly next: Stretch | undefined;
  readonly previous: Stretch | undefined;
  readonly searchedTo: string | undefined;
  readonly cost: Cost;
}

/** What comes before a page is read backwards: then its ends change places. */
function inOrder(page: Page, read: Order, order: Query['order']): Listed {
  const { entries: found, isComplete, next, previous, cost } = page;
  const searchedTo = next?.after?.timestamp;
  if (read === order) return { entries: found, isComplete, next, previous, searchedTo, cost };
  return { entries: found.toReversed(), isComplete, next: previous, previous: next, searchedTo, cost };
}

function shownCost({ plan, rowsRead, ms, tags, index }: Cost): z.output<typeof COST> {
  return { plan, rowsRead, ms, indexes: [...tags.used], missingIndexes: [...tags.missing], words: index };
}

interface PageStyle {
  readonly format: Format;
  readonly shown: Shown;
  readonly order: Order;
  readonly question: Question;
  readonly isExplained: boolean;
  readonly print: (stretch: Stretch | undefined) => string | undefined;
}

/** JSON that a header can have. */
function asciiJson(value: z.output<typeof COST>): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shownPage(
  listed: Listed,
  { format, shown, order, question, isExplained, print }: PageStyle,
): Answer {
  const { entries: found, isComplete, searchedTo } = listed;
  const [next, previous] = [print(listed.next), print(listed.previous)];
  if (format === 'json') {
    const rest = JSON.stringify({
      order,
      complete: isComplete,
      range: shownRange(question.range),
      searchedTo: shownTime(searchedTo),
      next: next ?? null,
      previous: previous ?? null,
      ...(isExplained && { cost: shownCost(listed.cost) }),
    });
    const body = `{"entries":[${found.map(jsonWriter(shown)).join(',')}],${rest.slice(1)}\n`;
    return { contentType: JSON_TYPE, body };
  }
  const { header, line } = lineFormat(format, shown);
  return {
    contentType: `${typeOf(format)}; charset=utf-8`,
    body: header + found.map(line).join(''),
    headers: {
      'lms-complete': String(isComplete),
      ...(searchedTo !== undefined && { 'lms-searched-to': shownTime(searchedTo) ?? '' }),
      ...(next !== undefined && { 'lms-next': next }),
      ...(previous !== undefined && { 'lms-previous': previous }),
      ...(isExplained && { 'lms-cost': asciiJson(shownCost(listed.cost)) }),
    },
  };
}
