import { columnNow } from '../../query/answers/column-time.ts';
import { boundsOf } from '../../query/bounds.ts';
import { likelyColumns, likelyOperators, likelySeveral } from '../../query/slips.ts';
import { visible } from '../../text/visible.ts';
import type { Asked } from './answer.ts';

/** That there is nothing, for a person, and what may be the reason: a line each. */
export function nothingLines({
  question: { filter, clock },
  options: { values },
  nowMs,
}: Pick<Asked, 'question' | 'options' | 'nowMs'>): string[] {
  if (filter.kind === 'everything' && values === undefined)
    return ['nothing is stored yet: `lms mon` is what stores'];
  const { from = '' } = boundsOf(filter);
  const isAhead = from > (columnNow(nowMs) ?? from);
  const begins = isAhead ? clock.at(from).local.slice(0, 19) : '';
  return [
    'nothing matches',
    ...(isAhead ? [`the time that is asked for begins at ${begins}, which is ahead of now`] : []),
    ...likelyColumns(filter).map(
      ({ tag, column }) => `${visible(tag)} was looked for as a tag: is the column ${column} meant?`,
    ),
    ...likelyOperators(filter).map(
      (word) => `${word} was looked for as a word: is ${word.toUpperCase()}, in capitals, meant?`,
    ),
    ...likelySeveral(filter).map(
      ({ written, meant }) => `${written} was looked for as one value: is ${meant} meant?`,
    ),
  ];
}
