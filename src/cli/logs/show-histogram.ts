import { LmsError } from '../../errors/catalogue.ts';
import { SEVERITIES } from '../../logs/severity.ts';
import type { GroupBy } from '../../query/answers/group-by.ts';
import { type CountCost, type Histogram, readHistogram } from '../../query/answers/histogram.ts';
import { fieldOf } from '../../query/names.ts';
import { histogramJson, histogramText } from '../output/histogram.ts';
import { count as counted } from '../output/numbers.ts';
import { type Answered, type Asked, unlimited } from './answer.ts';
import { countedRange } from './counted-range.ts';

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
  const time = await countedRange(filter, means, nowMs);
  if (time === undefined)
    return { found: 0, notes: [], stopped: undefined, explanation: 'nothing is stored in that time' };
  const request = { filter, ...time, by, maxBuckets: MAX_BUCKETS, zone: clock.zone };
  const read = await readHistogram(request, unlimited(means));
  const histogram = by.kind === 'severity' ? inOrderOfSeverity(read) : read;
  const found = totalOf(histogram);
  if (found > 0)
    await sink.write(options.json ? histogramJson(histogram, by) : histogramText(histogram, by, style));
  await sink.end();
  const { isComplete, cost } = histogram;
  return {
    found,
    notes: isComplete ? [] : ['what has a + was not counted to its end'],
    stopped: isComplete ? undefined : '',
    explanation: costText(cost),
  };
}

/** What a count took, in words. */
export function costText({ from, rowsRead, ms }: CountCost): string {
  const way = from === 'counts' ? 'from the counts by minute' : 'row by row';
  return `counted ${way}: ${counted(rowsRead)} rows read, in ${counted(Math.round(ms))} ms`;
}

function groupBy(name: string | undefined): GroupBy {
  if (name === undefined) return { kind: 'nothing' };
  const field = fieldOf(name);
  if (field.kind === 'severity' || field.kind === 'tag') return field;
  if (field.kind === 'column' && field.column === 'service') return { kind: 'service' };
  throw new LmsError('EXPRESSION', `--by ${name}: it should be severity, service or a tag`);
}

function inOrderOfSeverity(histogram: Histogram): Histogram {
  return { ...histogram, values: SEVERITIES.filter((severity) => histogram.values.includes(severity)) };
}

function totalOf({ buckets }: Histogram): number {
  return buckets.reduce((sum, { counts }) => [...counts.values()].reduce((all, each) => all + each, sum), 0);
}
