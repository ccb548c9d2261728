import { countedRange } from '../../query/answers/counted-range.ts';
import { countEntries } from '../../query/answers/histogram.ts';
import { unlimited } from '../../query/answers/page.ts';
import { count as counted } from '../output/numbers.ts';
import { type Answered, type Asked } from './answer.ts';
import { costText } from './show-histogram.ts';

/** Prints how many entries match: also that there are none, as `grep -c` does. */
export async function showCount({
  question: { filter },
  options,
  means,
  sink,
  nowMs,
}: Asked): Promise<Answered> {
  const time = await countedRange(filter, means, nowMs);
  const answer = time && (await countEntries({ filter, ...time }, unlimited(means)));
  const { count = 0, isExact = true } = answer ?? {};
  await sink.write(options.json ? `${JSON.stringify({ count, exact: isExact })}\n` : `${count}\n`);
  await sink.end();
  return {
    found: count,
    notes: isExact ? [] : [`there are at least ${counted(count)}: not all was counted`],
    stopped: isExact ? undefined : '',
    explanation:
      answer === undefined ? 'nothing was counted: nothing is stored in that time' : costText(answer.cost),
  };
}
