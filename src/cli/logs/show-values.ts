import { LmsError } from '../../errors/catalogue.ts';
import { unlimited } from '../../query/answers/page.ts';
import { readValues, type Values, type ValuesOf, valuesOfName } from '../../query/answers/values.ts';
import { printFilter } from '../../query/print.ts';
import { visible } from '../../text/visible.ts';
import { count as counted } from '../output/numbers.ts';
import { formatTable } from '../output/table.ts';
import { type Answered, type Asked } from './answer.ts';

const USUAL_VALUES = 100;
const MOST_VALUES = 100_000;

/** Prints the values of a field with how many entries have them, most frequent first. */
export async function showValues({ question: { filter }, options, means, sink }: Asked): Promise<Answered> {
  const { values: name = '', lines = USUAL_VALUES, json } = options;
  const startMs = means.now();
  const limit = Math.min(lines, MOST_VALUES);
  const of = valuesOf(name);
  const answer = await readValues({ filter, of, range: {}, limit }, unlimited(means));
  const { values, from, entries, isComplete } = answer;
  await sink.write(json ? values.map((each) => `${JSON.stringify(each)}\n`).join('') : table(name, answer));
  await sink.end();
  const wasStopped = means.budget.end?.aborted === true && !isComplete;
  return {
    found: values.length,
    notes: isComplete ? [] : [newestText(answer, of)],
    stopped: wasStopped ? '' : undefined,
    explanation: `from ${from === 'counts' ? 'the counts by minute' : 'the newest entries, row by row'}: ${counted(entries)} entries, in ${counted(Math.round(means.now() - startMs))} ms`,
  };
}

/** That only some entries were looked at; where none of them has the tag, how to ask for the others. */
function newestText({ values, entries }: Values, of: ValuesOf): string {
  const newest = `the newest ${counted(entries)} that match`;
  if (values.length > 0 || of.kind !== 'tag') return `counted in ${newest}`;
  const condition = printFilter({ kind: 'tag', name: of.name, test: { kind: 'exists' } });
  return `none of ${newest} has it: with ${visible(condition)} in the expression it is looked for in all`;
}

function table(name: string, { values }: Values): string {
  if (values.length === 0) return '';
  return formatTable(
    ['count', name],
    values.map(({ value, count }) => [count, value === '' ? '""' : visible(value)]),
  );
}

function valuesOf(name: string): ValuesOf {
  const of = valuesOfName(name);
  if (of !== undefined) return of;
  throw new LmsError(
    'QUESTION',
    `--values ${name}: it should be service, severity, a tag, or tags for their names`,
  );
}
