import { LmsError } from '../../errors/catalogue.ts';
import { readValues, type Values, type ValuesOf } from '../../query/answers/values.ts';
import { fieldOf } from '../../query/names.ts';
import { visible } from '../../text/visible.ts';
import { count as counted } from '../output/numbers.ts';
import { formatTable } from '../output/table.ts';
import { type Answered, type Asked, unlimited } from './answer.ts';

const USUAL_VALUES = 100;
const MOST_VALUES = 100_000;

/** Prints the values of a field with how many entries have them, most frequent first. */
export async function showValues({ question: { filter }, options, means, sink }: Asked): Promise<Answered> {
  const { values: name = '', lines = USUAL_VALUES, json } = options;
  const startMs = means.now();
  const limit = Math.min(lines, MOST_VALUES);
  const answer = await readValues({ filter, of: valuesOf(name), range: {}, limit }, unlimited(means));
  const { values, from, entries, isComplete } = answer;
  await sink.write(json ? values.map((each) => `${JSON.stringify(each)}\n`).join('') : table(name, answer));
  await sink.end();
  const wasStopped = means.budget.end?.aborted === true && !isComplete;
  return {
    found: values.length,
    notes: isComplete ? [] : [`of the newest ${counted(entries)} that match`],
    stopped: wasStopped ? '' : undefined,
    explanation: `from ${from === 'counts' ? 'the counts by minute' : 'the newest entries, row by row'}: ${counted(entries)} entries, in ${counted(Math.round(means.now() - startMs))} ms`,
  };
}

function table(name: string, { values }: Values): string {
  if (values.length === 0) return '';
  return formatTable(
    ['count', name],
    values.map(({ value, count }) => [count, value === '' ? '""' : visible(value)]),
  );
}

function valuesOf(name: string): ValuesOf {
  if (name === 'tags') return { kind: 'tag names' };
  const field = fieldOf(name);
  if (field.kind === 'severity' || field.kind === 'tag') return field;
  if (field.kind === 'column' && field.column === 'service') return { kind: 'service' };
  throw new LmsError(
    'EXPRESSION',
    `--values ${name}: it should be service, severity, a tag, or tags for their names`,
  );
}
