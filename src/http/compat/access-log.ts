import { readAccessLine } from '../../logs/access/line.ts';
import { filterHash, printCursor } from '../../query/answers/cursor.ts';
import type { Stretch } from '../../query/answers/ports.ts';
import { anyOf, type Filter } from '../../query/filter.ts';
import { preferredFormat } from '../format.ts';
import { requireKnown } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { placeOf, readCursor, wrong } from '../question.ts';
import { json, JSON_TYPE } from '../resource.ts';
import type { Answer, HttpRequest, Route } from '../route.ts';
import { type Given, givenOf, pageParameters, single, timeParameters, timeTests } from './parameters.ts';
import { list, listed, type ListStyle, ofService, pagesOf, readSlice, type Wanted } from './reading.ts';
import { jsonTextsOf, type NewEntry, type Sent, wellFormed, writing } from './writing.ts';

/** Whose lines these are, where they are, and who acts for those who send no token. */
export interface AccessLogMount {
  readonly service: string;
  /** Before `/logs`: empty on a port of its own. */
  readonly prefix: string;
  readonly token?: string | undefined;
}

const PARAMETERS = ['code', 'method', 'user', 'page', 'per_page', 'cursor', 'time__gte', 'time__lte'];

/** The lines of access logs, as they came. */
export function accessLogRoutes({ service, prefix, token }: AccessLogMount): readonly Route[] {
  const path = `${prefix}/logs`;
  return [
    { method: 'GET', path, token, scope: 'read', respond: (request) => get(request, service) },
    {
      method: 'POST',
      path,
      token,
      scope: 'write',
      respond: writing({ protocol: 'lines', place: 'POST lines', service, read, answer: received }),
    },
  ];
}

/** All lines that match, or a page of them, the most recent first. */
async function get({ query, headers, ask, nowMs }: HttpRequest, service: string): Promise<Answer> {
  const given = givenOf(query);
  requireKnown(given, PARAMETERS);
  const filter = ofService(service, filtersOf(given));
  const wanted = { filter, stretch: stretchOf(given, filter) };
  const style = preferredFormat(['json', 'text'], headers.accept) === 'text' ? TEXT : JSON_LINES;
  const isPaged = ['page', 'per_page', 'cursor'].some((name) => given[name] !== undefined);
  if (!isPaged) return list(pagesOf(wanted, { ask }), style);
  const { entries, next } = await readSlice(wanted, pageParameters(given), ask);
  const cursor = next && printCursor({ stretch: next, nowMs, filterHash: filterHash(filter) });
  return { ...listed(entries, style), ...(cursor !== undefined && { headers: { 'lms-next': cursor } }) };
}

const JSON_LINES: ListStyle = {
  contentType: JSON_TYPE,
  start: '[',
  separator: ',',
  end: ']',
  write: ({ payload }) => JSON.stringify(payload),
};
const TEXT: ListStyle = {
  contentType: 'text/plain; charset=utf-8',
  start: '',
  separator: '',
  end: '',
  write: ({ payload }) => `${payload}\n`,
};

function stretchOf(given: Given, filter: Wanted['filter']): Stretch {
  const written = single(given, 'cursor');
  if (written === undefined) return { order: 'newest' };
  if (given['page'] !== undefined) throw wrong('page', 'a cursor leads to a page of its own');
  const stretch = placeOf(readCursor(written), { filter });
  if (stretch.order === 'newest') return stretch;
  throw wrong('cursor', 'this is a cursor of another list');
}

/** Throws PARAMETER. */
function filtersOf(given: Given): Filter[] {
  const [code, method, user] = ['code', 'method', 'user'].map((name) => single(given, name));
  if (code !== undefined && !/^\d{3}$/.test(code)) throw wrong('code', 'it should be a status such as 404');
  return [
    ...(code === undefined ? [] : [is('code', code)]),
    ...(method === undefined ? [] : [methodFilter(method)]),
    ...(user === undefined ? [] : [user === '-' ? NO_USER : is('user', user)]),
    ...timeTests(timeParameters(given)),
  ];
}

function is(name: string, text: string): Filter {
  return { kind: 'tag', name, test: { kind: 'equals', text } };
}

const NO_USER = anyOf([
  { kind: 'not', of: { kind: 'tag', name: 'user', test: { kind: 'exists' } } },
  is('user', '-'),
]);

/** We store it in capitals; others may have written it as they like. */
function methodFilter(method: string): Filter {
  const [first, ...others] = new Set([method.toUpperCase(), method.toLowerCase(), method]);
  return anyOf([is('method', first ?? method), ...others.map((each) => is('method', each))]);
}

/** Lines of text, or a list of them in JSON. One that is no line of an access log is kept as it is. */
function read(sent: Sent): readonly NewEntry[] {
  return linesOf(sent).map((line): NewEntry => {
    const payload = wellFormed(line, 'a line');
    const read = readAccessLine(payload);
    if (read === undefined) return { severity: 'info', payload, tags: null };
    return { severity: read.severity, payload, tags: JSON.stringify(read.tags), at: read.timestamp };
  });
}

function received(sent: Sent): Answer {
  return json({ lines: linesOf(sent).length });
}

/** Each takes a hundred times its least size in memory. */
const MAX_LINES = 100_000;

function linesOf({ text, type }: Sent): readonly string[] {
  const lines = type === 'application/json' ? jsonTextsOf(text) : text.split('\n', MAX_LINES + 1);
  if (lines.length > MAX_LINES)
    throw new Problem(
      'BODY_TOO_LARGE',
      `A request should have at most ${MAX_LINES} lines: send it in parts.`,
    );
  return lines.map((line) => line.replace(/[\r\n]+$/, '')).filter((line) => line !== '');
}
