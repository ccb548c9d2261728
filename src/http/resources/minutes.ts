import * as z from 'zod';
import { rfc3339 } from '../../logs/entry-json.ts';
import { SEVERITIES, type Severity } from '../../logs/severity.ts';
import { parseTimestamp } from '../../logs/timestamp.ts';
import { END_OF_TIME, type KeyCount, type RangeCount, type RangeSum } from '../../query/answers/ports.ts';
import { flag, oneOf, text, wholeNumber } from '../parameters.ts';
import { shownTime } from '../question.ts';
import { json, resource } from '../resource.ts';

const MAX_COUNTS = 100_000;
const MAX_RANGES = 64;
const COUNT = {
  service: z.string(),
  severity: z.enum(SEVERITIES),
  count: z.int(),
};

const RANGE_COUNT = z.strictObject({ range: z.int().meta({ description: 'Its place, from 0.' }), ...COUNT });

const RANGE_SUM = RANGE_COUNT.extend({
  severity: z.enum(SEVERITIES).nullable().meta({ description: 'null: all of them.' }),
});

/** The start of a minute in RFC 3339, as counts have it: `YYYY-MM-DD HH:MM:00`. */
function minute() {
  const error = 'it should be the start of a minute, such as 2026-11-25T14:00:00Z';
  return text()
    .transform(minuteOf)
    .refine((start) => start !== undefined, { error })
    .meta({ examples: ['2026-11-25T14:00:00Z'] });
}

function minuteOf(written: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/.test(written)) return undefined;
  if (written === rfc3339(END_OF_TIME.slice(0, 19))) return END_OF_TIME.slice(0, 19);
  return parseTimestamp(written)?.slice(0, 19);
}

/** A list as JSON: names may hold commas. */
function listOf<Item extends z.ZodType>(item: Item, error: string) {
  const list = z.array(item);
  return text()
    .refine((written) => list.safeParse(jsonOf(written)).success, { error })
    .transform((written) => list.parse(jsonOf(written)));
}

function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function serviceList() {
  return listOf(z.string(), 'it should be a list in JSON, such as ["cart"]')
    .optional()
    .meta({ examples: ['["cart"]'] });
}

/** Ranges of minutes with commas between them. */
function rangeList() {
  return text()
    .meta({ examples: ['2026-11-25T14:00:00Z/2026-11-25T15:00:00Z'] })
    .transform((written) => written.split(',').map((range) => range.split('/').map(minuteOf)))
    .refine((list) => list.length <= MAX_RANGES && list.every(isRange), {
      error: `it should be at most ${MAX_RANGES} ranges of minutes, such as 2026-11-25T14:00:00Z/2026-11-25T15:00:00Z, with commas between them`,
    })
    .transform((list) => list.map(([from = '', to = '']) => ({ from, to })));
}

const SEVERITY_LIST = 'it should be a list in JSON, such as ["error"]';

/** How many entries there are in each minute. */
export const minutes = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/counts/minutes',
  summary: 'How many entries there are of each service and severity in each minute',
  params: z.object({}),
  query: z.object({
    order: oneOf(['newest', 'oldest']).default('newest').meta({ description: 'Which minutes come first.' }),
    from: minute().optional(),
    to: minute().optional().meta({ description: 'The first minute behind the last.' }),
    services: serviceList(),
    severities: listOf(z.enum(SEVERITIES), SEVERITY_LIST)
      .optional()
      .meta({ examples: ['["error"]'] }),
    limit: wholeNumber(1, MAX_COUNTS)
      .default(1_000)
      .meta({ description: 'About so many counts: whole minutes.' }),
    counts: flag().default(true).meta({ description: 'Otherwise only `end` is told.' }),
  }),
  response: z.strictObject({
    counts: z.array(z.strictObject({ minute: z.string(), ...COUNT })),
    end: z.string().nullable().meta({ description: 'The last minute that was looked at; null: all were.' }),
    countsRead: z.int(),
  }),
  async answer({ query, ask }) {
    const { limit: maxCounts, counts: isTold, ...rest } = query;
    const request = { ...rest, maxCounts };
    return ask(async ({ reader, signal }) => {
      if (!isTold) {
        const end = await reader.lastMinute(request, signal);
        return json({ counts: [], end: shownTime(end), countsRead: 0 });
      }
      const { counts, end, countsRead } = await reader.minutes(request, signal);
      const listed = counts.map((each) => ({ minute: rfc3339(each.minute), ...shown(each) }));
      return json({ counts: listed, end: shownTime(end), countsRead });
    });
  },
});

/** The sums of these counts in ranges of minutes. */
export const ranges = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/counts/ranges',
  summary: 'How many entries there are of each service and severity in ranges of minutes',
  params: z.object({}),
  query: z.object({ ranges: rangeList() }),
  response: z.strictObject({ counts: z.array(RANGE_COUNT) }),
  async answer({ query, ask }) {
    const found = await ask(({ reader, signal }) => reader.rangeCounts(query.ranges, signal));
    return json({ counts: found.map(shownRange) });
  },
});

/** The same, from sums of hours and days. */
export const sums = resource({
  method: 'GET',
  scope: 'read',
  path: '/api/v1/counts/sums',
  summary: 'The same as ranges, from sums of hours and days: fast over years, where there are such sums',
  params: z.object({}),
  query: z.object({
    ranges: rangeList(),
    by: oneOf(['key', 'service', 'severity'])
      .default('key')
      .meta({ description: 'Each service and severity by itself, or all severities or services together.' }),
    services: serviceList(),
  }),
  response: z.strictObject({
    counts: z
      .array(RANGE_SUM)
      .nullable()
      .meta({ description: 'null: the sums cannot be trusted now, and ranges says the same from minutes.' }),
  }),
  async answer({ query, ask }) {
    const found = await ask(({ reader, signal }) => reader.rangeSums(query, signal));
    return json({ counts: found?.map(shownSum) ?? null });
  },
});

function shownRange(count: RangeCount) {
  return { range: count.range, ...shown(count) };
}

function shownSum({ range, serviceName, severity, count }: RangeSum): z.output<typeof RANGE_SUM> {
  return { range, service: serviceName, severity: severity ?? null, count };
}

function isRange(range: readonly (string | undefined)[]): boolean {
  return range.length === 2 && range.every((time) => time !== undefined);
}

function shown({ serviceName, severity, count }: KeyCount): {
  service: string;
  severity: Severity;
  count: number;
} {
  return { service: serviceName, severity, count };
}
