import * as z from 'zod';
import { parseTimestamp } from '../../logs/timestamp.ts';
import { filterHash } from '../../query/answers/cursor.ts';
import { findMatching, type Matching, withinTold } from '../../query/answers/matching.ts';
import type { Filter } from '../../query/filter.ts';
import { deleteEntries } from '../deleting.ts';
import { text } from '../parameters.ts';
import { QUESTION, readQuestion, shownTime, wrong } from '../question.ts';
import { json, resource } from '../resource.ts';

/** Deletes entries: says first how many, and deletes with what that answer has for it. */
export const deletedEntries = resource({
  method: 'DELETE',
  scope: 'admin',
  path: '/api/v1/entries',
  summary: 'Says how many entries match; with its answer’s confirm, deletes them',
  params: z.object({}),
  query: z.object({
    ...QUESTION,
    confirm: text()
      .optional()
      .meta({ description: 'Of the answer to the same question without it. Absent: nothing is deleted.' }),
  }),
  response: z.union([
    z.strictObject({
      matching: z.int().meta({ description: 'How many match.' }),
      first: z.string().nullable().meta({ description: 'The time of the oldest of them.' }),
      last: z.string().nullable().meta({ description: 'The time of the newest of them.' }),
      confirm: z
        .string()
        .nullable()
        .meta({ description: 'Deletes what matches between these times. Null: nothing matches.' }),
    }),
    z.strictObject({ deleted: z.int().meta({ description: 'How many are deleted.' }) }),
  ]),
  async answer(asked) {
    const { query, nowMs, askPrimary } = asked;
    if (query.confirm !== undefined) {
      const told = readConfirm(query.confirm);
      const { filter } = readQuestion(query, told.nowMs);
      if (told.filterHash !== filterHash(filter)) throw wrong('confirm', 'it is one of another question');
      return json({ deleted: await deleteEntries(withinTold(filter, told), asked) });
    }
    const { filter } = readQuestion(query, nowMs);
    const matching = await askPrimary(({ budget, ...means }) =>
      // Not ended by a stop: less would be told than there is.
      findMatching(filter, { ...means, budget: { ...budget, end: undefined } }, nowMs),
    );
    if (matching === undefined) return json({ matching: 0, first: null, last: null, confirm: null });
    const { count, first, last } = matching;
    const confirm = printConfirm(filter, matching, nowMs);
    return json({ matching: count, first: shownTime(first), last: shownTime(last), confirm });
  },
});

const VERSION = 1;
const PARTS = z.tuple([
  z.literal(VERSION),
  z.int().min(0).max(253_402_300_799_999),
  z.string(),
  time(),
  time(),
]);

/** A time as a column holds it. */
function time() {
  return z.string().refine((at) => parseTimestamp(`${at}Z`) === at);
}

/** What somebody was told: of which question, measured from which moment, between which times. */
interface Told extends Pick<Matching, 'first' | 'last'> {
  readonly nowMs: number;
  readonly filterHash: string;
}

function printConfirm(filter: Filter, { first, last }: Matching, nowMs: number): string {
  const parts = [VERSION, nowMs, filterHash(filter), first, last];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Nothing in it is secret, and nothing is trusted that it says: whoever may delete may delete all of it. */
function readConfirm(written: string): Told {
  const { data } = PARTS.safeParse(decoded(written));
  if (data === undefined) throw wrong('confirm', 'it is damaged, or of another release of lms');
  const [, nowMs, hash, first, last] = data;
  return { nowMs, filterHash: hash, first, last };
}

function decoded(written: string): unknown {
  try {
    return JSON.parse(Buffer.from(written, 'base64url').toString());
  } catch {
    return undefined;
  }
}
