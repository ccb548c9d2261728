import * as z from 'zod';
import { SEVERITIES } from '../../logs/severity.ts';
import { countedRange } from '../../query/answers/counted-range.ts';
import { countEntries } from '../../query/answers/histogram.ts';
import { QUESTION, RANGE, readQuestion, shownRange } from '../question.ts';
import { json, resource } from '../resource.ts';

/** The table of counts. */
export const counts = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/counts',
  summary: 'How many entries there are of each service and severity',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({
    counts: z.array(z.strictObject({ service: z.string(), severity: z.enum(SEVERITIES), count: z.int() })),
  }),
  async answer({ ask }) {
    const found = await ask(({ reader, signal }) => reader.keyCounts(signal));
    const listed = found
      .map(({ serviceName, severity, count }) => ({ service: serviceName, severity, count }))
      .toSorted(
        (one, other) =>
          compare(one.service, other.service) ||
          SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
      );
    return json({ counts: listed });
  },
});

/** How many entries match. */
export const count = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/entries/count',
  summary: 'How many entries match',
  params: z.object({}),
  query: z.object(QUESTION),
  response: z.strictObject({
    count: z.int(),
    exact: z.boolean().meta({ description: 'Otherwise there are at least so many.' }),
    range: RANGE,
  }),
  async answer({ query, nowMs, ask }) {
    const { filter, range } = readQuestion(query, nowMs);
    return ask(async (means) => {
      const time = await countedRange(filter, means, nowMs);
      const found = time && (await countEntries({ filter, ...time }, means));
      return json({ count: found?.count ?? 0, exact: found?.isExact ?? true, range: shownRange(range) });
    });
  },
});

/** By code units: the same everywhere. */
function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
