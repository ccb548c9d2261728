import type { StoredEntry } from '../../logs/entry.ts';
import { keepSpelling, withExactNumbers } from '../../logs/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import type { Filter } from '../../query/filter.ts';
import { deleteEntries } from '../deleting.ts';
import { requireKnown } from '../parameters.ts';
import { Problem } from '../problems.ts';
import { wrong } from '../question.ts';
import type { Answer, HttpRequest, Route } from '../route.ts';
import { formFields } from './form.ts';
import { leastLevel, levelNamed, levelOf, severitiesFrom, severityOf } from './levels.ts';
import { type Given, givenOf, single, timeParameters, timeTests, withoutZeroFraction } from './parameters.ts';
import { list, ofService, pagesOf } from './reading.ts';
import { jsonObjectOf, type NewEntry, type Sent, wellFormed, writing } from './writing.ts';

/** Whose messages these are, and who acts for those who send no token. */
export interface MessagesMount {
  readonly service: string;
  readonly token?: string | undefined;
}

const PATH = '/messages';
const JSON_TYPE = 'application/json; charset=utf-8';
const SUCCESS: Answer = { contentType: JSON_TYPE, body: '{"success": true}' };
/** What its clients are told of a level that is none. */
const BAD_LEVEL = 'Bad log level';
const FILTERS = ['min_level', 'clientid', 'message', 'time__gte', 'time__lte'];

/** The log server that stores, reads and clears messages of three levels. Its clients compare bytes. */
export function messagesRoutes({ service, token }: MessagesMount): readonly Route[] {
  const common = { path: PATH, token, refuse: refusal };
  return [
    { ...common, method: 'GET', scope: 'read', respond: (request) => get(request, service) },
    {
      ...common,
      method: 'POST',
      scope: 'write',
      respond: writing({
        protocol: 'messages',
        place: 'POST /messages',
        service,
        read,
        answer: () => SUCCESS,
      }),
    },
    {
      ...common,
      method: 'DELETE',
      scope: 'admin',
      async respond(request) {
        await deleteEntries(ofService(service, filtersOf(request)), request);
        return SUCCESS;
      },
    },
  ];
}

/** All that match, in the order in which they came. */
function get(request: HttpRequest, service: string): Promise<Answer> {
  const wanted = { filter: ofService(service, filtersOf(request)), stretch: { order: 'oldest' } as const };
  return list(pagesOf(wanted, request), {
    contentType: JSON_TYPE,
    start: '[',
    separator: ', ',
    end: ']',
    write: messageJson,
  });
}

/** Throws PARAMETER: also for what is no filter, since nothing may be deleted that was not meant. */
function filtersOf({ query }: Pick<HttpRequest, 'query'>): Filter[] {
  const given = givenOf(query);
  requireKnown(given, FILTERS);
  const text = single(given, 'message');
  return [
    ...levelFilter(given),
    ...clientFilter(given),
    ...(text === undefined ? [] : [{ kind: 'substring', text } as const]),
    ...timeTests(timeParameters(given)),
  ];
}

function levelFilter({ min_level: least }: Given): Filter[] {
  if (least === undefined) return [];
  const level = leastLevel(least);
  if (level === undefined) throw new Problem('PARAMETER', BAD_LEVEL);
  return [{ kind: 'severity', severities: severitiesFrom(level) }];
}

function clientFilter(given: Given): Filter[] {
  const text = single(given, 'clientid');
  if (text === undefined) return [];
  const id = integerOf(text);
  if (id === undefined) throw wrong('clientid', 'it should be an integer');
  return [{ kind: 'tag', name: 'clientid', test: { kind: 'equals', text: id } }];
}

/** With a space after `:` and `,`, as its clients have it. */
function messageJson({ tags, timestamp, severity, payload }: StoredEntry): string {
  const time = withoutZeroFraction(timestamp);
  return `{"clientid": ${clientOf(tags)}, "creation_datetime": "${time}", "loglevel": "${levelOf(severity)}", "message": ${JSON.stringify(payload)}}`;
}

/** Null for what others wrote into the service, without one. */
function clientOf(tags: string | null): string {
  const parsed: unknown = tags === null ? {} : JSON.parse(tags);
  if (tags === null || !isJsonObject(parsed)) return 'null';
  const { clientid = null } = withExactNumbers(parsed, tags, keepSpelling);
  return integerOf(JSON.stringify(clientid)) ?? 'null';
}

/** What a client sends, in a form or in JSON. Throws BODY. */
function read(sent: Sent): readonly NewEntry[] {
  const fields = isJson(sent) ? jsonFields(sent) : formFields(sent);
  const missing = ['clientid', 'loglevel', 'message'].find((name) => fields[name] === undefined);
  if (missing !== undefined) throw new Problem('BODY', `Missing field: ${missing}`);
  const { clientid, loglevel, message } = fields;
  const level = levelNamed(loglevel);
  if (level === undefined) throw new Problem('BODY', BAD_LEVEL);
  const id =
    typeof clientid === 'string' || typeof clientid === 'number' ? integerOf(String(clientid)) : undefined;
  if (id === undefined) throw new Problem('BODY', 'Bad clientid: it should be an integer');
  if (typeof message !== 'string') throw new Problem('BODY', 'Bad message: it should be text');
  const payload = wellFormed(message, 'message');
  return [{ severity: severityOf(level), payload, tags: `{"clientid":${id}}` }];
}

function isJson({ type }: Sent): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(type);
}

/** Numbers that JavaScript would change are texts of their digits. */
function jsonFields({ text }: Sent): JsonObject {
  return withExactNumbers(jsonObjectOf(text), text, (_value, spelled) => spelled);
}

const INTEGER = /^\s*([+-]?\d{1,19})\s*$/;
const [LOWEST, HIGHEST] = [-(2n ** 63n), 2n ** 63n - 1n];

/** The digits of an integer of 64 bits; undefined if it is none. */
function integerOf(text: string): string | undefined {
  const digits = INTEGER.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits.replace('+', ''));
  return value >= LOWEST && value <= HIGHEST ? String(value) : undefined;
}

function refusal(problem: Problem): Answer {
  const body = `{"error": ${JSON.stringify(problem.message)}, "success": false}`;
  return { status: problem.status, contentType: JSON_TYPE, body };
}
