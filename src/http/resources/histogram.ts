import * as z from 'zod';
import { shownBucket } from '../../export/buckets.ts';
import { barsRange } from '../../query/answers/counted-range.ts';
import { type GroupBy, groupByName } from '../../query/answers/group-by.ts';
import { readHistogram } from '../../query/answers/histogram.ts';
import { text, wholeNumber } from '../parameters.ts';
import { QUESTION, RANGE, readQuestion, shownRange, wrong } from '../question.ts';
import { json, resource } from '../resource.ts';

const USUAL_BUCKETS = 60;
const MAX_BUCKETS = 500;

/** How many entries match over time. */
export const histogram = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/histogram',
  summary: 'How many entries match over time',
  params: z.object({}),
  query: z.object({
    ...QUESTION,
    by: text()
      .optional()
      .meta({
        description: 'Told apart by severity, service or a tag.',
        examples: ['severity', 'code'],
      }),
    buckets: wholeNumber(2, MAX_BUCKETS)
      .default(USUAL_BUCKETS)
      .meta({ description: 'At most so many, of a round width.' }),
  }),
  response: z.strictObject({
    range: RANGE.meta({ description: 'What the buckets cover.' }),
    width: z
      .strictObject({
        unit: z.enum(['second', 'minute', 'hour', 'day', 'week', 'month', 'year']),
        count: z.int(),
      })
      .nullable(),
    values: z.array(z.string()).meta({ description: 'That are told apart, the most frequent first.' }),
    buckets: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        count: z.int(),
        exact: z.boolean().meta({ description: 'Otherwise there are at least so many.' }),
        counts: z.record(z.string(), z.int()).optional(),
        other: z.int().optional(),
        none: z.int().optional(),
      }),
    ),
    complete: z.boolean().meta({ description: 'Whether every bucket is exact.' }),
    ahead: RANGE.nullable().meta({ description: 'A time ahead of now that is stored and left out.' }),
  }),
  async answer({ query, nowMs, ask }) {
    const { filter, range: asked, zone } = readQuestion(query, nowMs);
    const by = groupBy(query.by);
    const { buckets: maxBuckets } = query;
    return ask(async (means) => {
      const range = await barsRange(filter, means, { nowMs, maxBuckets });
      if (range === undefined)
        return json({
          range: shownRange(asked),
          width: null,
          values: [],
          buckets: [],
          complete: true,
          ahead: null,
        });
      const { from, to, ahead } = range;
      const found = await readHistogram({ filter, from, to, by, maxBuckets, zone }, means);
      return json({
        range: shownRange({ from, to }),
        width: found.width,
        values: by.kind === 'nothing' ? [] : found.values.filter((value) => value.isWellFormed()),
        buckets: found.buckets.map((bucket) => shownBucket(bucket, by)),
        complete: found.isComplete,
        ahead: ahead === undefined ? null : shownRange(ahead),
      });
    });
  },
});

function groupBy(name: string | undefined): GroupBy {
  const by = name === undefined ? ({ kind: 'nothing' } as const) : groupByName(name);
  if (by === undefined) throw wrong('by', 'it should be severity, service or a tag');
  return by;
}
