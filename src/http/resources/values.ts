import * as z from 'zod';
import { readValues, valuesOfName } from '../../query/answers/values.ts';
import { text, wholeNumber } from '../parameters.ts';
import { QUESTION, RANGE, readQuestion, shownRange, wrong } from '../question.ts';
import { json, resource } from '../resource.ts';

const USUAL_VALUES = 100;
const MAX_VALUES = 10_000;

/** The values of a field. */
export const values = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/values',
  summary: 'The values of a field with how many entries have them, the most frequent first',
  params: z.object({}),
  query: z.object({
    field: text().meta({
      description: 'service, severity, a tag, or tags for their names.',
      examples: ['service', 'tags'],
    }),
    ...QUESTION,
    limit: wholeNumber(1, MAX_VALUES).default(USUAL_VALUES),
  }),
  response: z.strictObject({
    values: z.array(z.strictObject({ value: z.string(), count: z.int() })),
    range: RANGE,
    from: z.enum(['counts', 'newest entries']).meta({ description: 'Where it was counted.' }),
    entries: z.int().meta({ description: 'How many were counted.' }),
    complete: z.boolean().meta({ description: 'Whether these are all that match.' }),
  }),
  async answer({ query, nowMs, ask }) {
    const { filter, range } = readQuestion(query, nowMs);
    const of = valuesOfName(query.field);
    if (of === undefined) throw wrong('field', 'it should be service, severity, a tag, or tags');
    const { limit } = query;
    const found = await ask((means) => readValues({ filter, of, range: {}, limit }, means));
    const { values: list, from, entries, isComplete: complete } = found;
    return json({ values: list, range: shownRange(range), from, entries, complete });
  },
});
