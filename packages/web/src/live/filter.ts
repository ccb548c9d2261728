import { allOf, anyOf, type Filter } from '../../../../src/query/filter.ts';
import { isMistake } from '../../../../src/query/mistake.ts';
import { parseFilter } from '../../../../src/query/parse.ts';
import { matches } from '../../../../src/query/predicate.ts';
import { printFilter } from '../../../../src/query/print.ts';
import { parsePastTime } from '../../../../src/query/times.ts';
import type { TailEntry } from '../../../client/src/types.ts';
import type { LiveQuestion } from './question.ts';

/** The filter of a question; undefined: it has a mistake, which the server says to whoever asks it. */
export function filterOf({ q, tz, since, atMs }: LiveQuestion): Filter | undefined {
  const context = { nowMs: atMs, zone: tz };
  const filter = parseFilter(q, context);
  if (isMistake(filter)) return undefined;
  if (since === undefined) return filter;
  const time = parsePastTime(since, context);
  return isMistake(time) ? undefined : allOf([filter, { kind: 'time', op: '>=', at: time.at }]);
}

/** Whether an entry is one of a question's. None is, if that has a mistake. */
export function selectionOf(question: LiveQuestion): (entry: TailEntry) => boolean {
  const filter = filterOf(question);
  if (filter === undefined) return () => false;
  const isMatch = matches(filter);
  return ({ timestamp, event_id: eventId, service_name: serviceName, severity, payload, tags }) =>
    isMatch({
      timestamp: `${timestamp.slice(0, 10)} ${timestamp.slice(11, -1)}`,
      eventId,
      serviceName,
      severity,
      payload,
      tags: tags === undefined ? null : JSON.stringify(tags),
    });
}

/**
 * One expression for what some ask for together, its times resolved; everything (empty), if it were longer or deeper
 * than an expression may be. Undefined: none of them can be asked.
 */
export function unionOf(questions: readonly LiveQuestion[]): string | undefined {
  const [first, ...others] = questions.flatMap(
    (question) => filterOf({ ...question, since: undefined }) ?? [],
  );
  if (first === undefined) return undefined;
  const all = anyOf([first, ...others]);
  if (all.kind === 'everything' || (all.kind === 'or' && all.of.some(({ kind }) => kind === 'everything')))
    return '';
  const text = printFilter(all);
  return isMistake(parseFilter(text, { nowMs: 0, zone: 'UTC' })) ? '' : text;
}
