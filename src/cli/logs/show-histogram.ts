import { LmsError } from '../../errors/catalogue.ts';
import { SEVERITIES } from '../../logs/severity.ts';
import { barsRange } from '../../query/answers/counted-range.ts';
import { type GroupBy, groupByName } from '../../query/answers/group-by.ts';
import {
  type Count,
  type CountCost,
  countEntries,
  type Histogram,
  readHistogram,
} from '../../query/answers/histogram.ts';
import { unlimited } from '../../query/answers/page.ts';
import { histogramJson, histogramText } from '../output/histogram.ts';
import { count as counted } from '../output/numbers.ts';
import { type Answered, type Asked } from './answer.ts';

/** Rows of text: what a screen has. */
const MAX_BUCKETS = 40;

/** Prints how many entries match over time, as bars. */
export async function showHistogram({
  question,
  options,
  means,
  style,
  sink,
  nowMs,
}: Asked): Promise<Answered> {
  const { filter, clock } = question;
  const by = groupBy(options.by);
  const range = await barsRange(filter, means, { nowMs, maxBuckets: MAX_BUCKETS });
  if (range === undefined)
    return { found: 0, notes: [], stopped: undefined, explanation: 'nothing is stored in that time' };
  const { from, to, ahead } = range;
  const request = { filter, from, to, by, maxBuckets: MAX_BUCKETS, zone: clock.zone };
  const read = await readHistogram(request, unlimited(means));
  const histogram = by.kind === 'severity' ? inOrderOfSeverity(read) : read;
  const found = totalOf(histogram);
  const left = ahead && (await countEntries({ filter, ...ahead }, unlimited(means)));
  if (found > 0)
    await sink.write(options.json ? histogramJson(histogram, by) : histogramText(histogram, by, style));
  await sink.end();
  const { isComplete, cost } = histogram;
  return {
    found: found + (left?.count ?? 0),
    notes: [
      ...(isComplete ? [] : ['what has a + was not counted to its end']),
      ...(left === undefined || left.count === 0 ? [] : [aheadText(left)]),
    ],
    stopped: isComplete ? undefined : '',
    explanation: costText(cost),
  };
}

function aheadText({ count, isExact }: Count): string {
  const [have, are] = count === 1 ? ['entry has a time', 'is'] : ['entries have times', 'are'];
  return `${counted(count)}${isExact ? '' : '+'} ${have} ahead of now and ${are} left out: --until with a later time shows ${count === 1 ? 'it' : 'them'}`;
}

/** What a count took, in words. */
export function costText({ from, rowsRead, ms }: CountCost): string {
  const way = from === 'counts' ? 'from the counts by minute' : 'row by row';
  return `counted ${way}: ${counted(rowsRead)} rows read, in ${counted(Math.round(ms))} ms`;
}

function groupBy(name: string | undefined): GroupBy {
  const by = name === undefined ? ({ kind: 'nothing' } as const) : groupByName(name);
  if (by !== undefined) return by;
  throw new LmsError('QUESTION', `--by ${name}: it should be severity, service or a tag`);
}

function inOrderOfSeverity(histogram: Histogram): Histogram {
  return { ...histogram, values: SEVERITIES.filter((severity) => histogram.values.includes(severity)) };
}

function totalOf({ buckets }: Histogram): number {
  return buckets.reduce((sum, { counts }) => [...counts.values()].reduce((all, each) => all + each, sum), 0);
}
