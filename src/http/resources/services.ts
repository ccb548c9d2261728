import * as z from 'zod';
import { isSeverity, SEVERITIES, type Severity } from '../../logs/severity.ts';
import { msOf } from '../../query/answers/column-time.ts';
import { type Means, readPage } from '../../query/answers/page.ts';
import type { KeyCount } from '../../query/answers/ports.ts';
import { allOf, type Filter } from '../../query/filter.ts';
import { shownTime } from '../question.ts';
import { json, resource } from '../resource.ts';

/** What counts as an error. */
const ERRORS: readonly Severity[] = ['error', 'fatal'];

/** Every service that has entries. */
export const services = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/services',
  summary: 'The services, with their entries and errors, and the time since the last error',
  params: z.object({}),
  query: z.object({}),
  response: z.strictObject({
    services: z.array(
      z.strictObject({
        service: z.string(),
        entries: z.int(),
        errors: z.int().meta({ description: 'Of severity error and fatal.' }),
        severities: z.partialRecord(z.enum(SEVERITIES), z.int()),
        lastErrorAt: z.string().nullable(),
        secondsSinceLastError: z.number().nullable(),
      }),
    ),
    complete: z
      .boolean()
      .meta({ description: 'Otherwise the budget ended before all last errors were found.' }),
  }),
  answer({ nowMs, ask }) {
    return ask(async (means) => {
      const startMs = means.now();
      const found = byService(await means.reader.keyCounts(means.signal));
      const listed = [];
      let isComplete = true;
      for (const [name, counts] of found) {
        const errors = sum(counts.filter(({ severity }) => ERRORS.includes(severity)));
        const isInTime = means.now() - startMs < means.budget.maxMs;
        const last = errors > 0 && isInTime ? await lastError(name, means) : undefined;
        if (errors > 0 && last === undefined) isComplete = false;
        listed.push({
          service: name,
          entries: sum(counts),
          errors,
          severities: Object.fromEntries(counts.map(({ severity, count }) => [severity, count])),
          lastErrorAt: shownTime(last),
          secondsSinceLastError: last === undefined ? null : (nowMs - msOf(last)) / 1_000,
        });
      }
      return json({ services: listed, complete: isComplete });
    });
  },
});

/** Their counts, in the order of names. */
function byService(counts: readonly KeyCount[]): readonly (readonly [string, readonly KeyCount[]])[] {
  const services = Map.groupBy(
    counts.filter(({ count, severity }) => count > 0 && isSeverity(severity)),
    ({ serviceName }) => serviceName,
  );
  return [...services].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function sum(counts: readonly KeyCount[]): number {
  return counts.reduce((all, { count }) => all + count, 0);
}

/** One row by the index of services and severities. */
async function lastError(service: string, means: Means): Promise<string | undefined> {
  const ofService: Filter = { kind: 'column', column: 'service', test: { kind: 'equals', text: service } };
  const filter = allOf([ofService, { kind: 'severity', severities: ERRORS }]);
  const page = await readPage({ filter, stretch: { order: 'newest' }, limit: 1 }, means);
  return page.entries[0]?.timestamp;
}
