import type { StoredEntry } from '../../logs/entry.ts';
import { keepSpelling, withExactNumbers } from '../../logs/exact-json.ts';
import { isJsonObject, type JsonObject, jsonText } from '../../logs/json.ts';
import { isRejection } from '../../logs/rejection.ts';
import { fitsTags } from '../../logs/tags.ts';
import { deleteEntries } from '../deleting.ts';
import { Problem } from '../problems.ts';
import type { Answer, HttpRequest, Route } from '../route.ts';
import { countByIntervals, MAX_INTERVALS } from './intervals.ts';
import { givenOf, isoTime, pageParameters, shownIso, wholeParameter } from './parameters.ts';
import { listed, readSlice } from './reading.ts';
import { readOpen, readWindow, requireNoPages } from './sink-filter.ts';
import { jsonObjectOf, type NewEntry, type Sent, wellFormed, writing } from './writing.ts';

/** Whose logs these are, and who acts for those who send no token. */
export interface SinkMount {
  readonly service: string;
  readonly token?: string | undefined;
}

const PATH = '/logs';
const JSON_TYPE = 'application/json; charset=utf-8';
const USUAL_INTERVALS = 10;

/** The sink of messages with tags of any name. */
export function sinkRoutes({ service, token }: SinkMount): readonly Route[] {
  const common = { path: PATH, token, refuse: refusal };
  return [
    {
      ...common,
      method: 'POST',
      scope: 'write',
      respond: writing({
        protocol: 'sink',
        place: 'POST /logs',
        service,
        read,
        answer: ({ text }) => ({ status: 201, contentType: JSON_TYPE, body: text }),
      }),
    },
    { ...common, method: 'GET', scope: 'read', respond: (request) => get(request, service) },
    {
      ...common,
      path: `${PATH}/aggregated`,
      method: 'GET',
      scope: 'read',
      respond: (request) => aggregate(request, service),
    },
    {
      ...common,
      method: 'DELETE',
      scope: 'admin',
      async respond(request) {
        const given = givenOf(request.query);
        requireNoPages(given);
        const deleted = await deleteEntries(readOpen(given, service), request);
        return { contentType: JSON_TYPE, body: JSON.stringify({ deleted }) };
      },
    },
  ];
}

async function get({ query, nowMs, ask }: HttpRequest, service: string): Promise<Answer> {
  const given = givenOf(query);
  const { filter } = readWindow(given, { service, nowMs });
  intervalsOf(given);
  const { entries } = await readSlice({ filter, stretch: { order: 'oldest' } }, pageParameters(given), ask);
  return listed(entries, { contentType: JSON_TYPE, start: '[', separator: ',', end: ']', write: logJson });
}

async function aggregate({ query, nowMs, ask }: HttpRequest, service: string): Promise<Answer> {
  const given = givenOf(query);
  const { filter, from, to } = readWindow(given, { service, nowMs });
  pageParameters(given);
  const counts = await countByIntervals({ filter, from, to, count: intervalsOf(given) }, ask);
  const shown = counts.map((each) => ({ time: shownIso(each.from), count_message: each.count }));
  return { contentType: JSON_TYPE, body: JSON.stringify(shown) };
}

function intervalsOf(given: Readonly<Record<string, unknown>>): number {
  return wholeParameter(given, 'num_intervals', { min: 2, max: MAX_INTERVALS, usual: USUAL_INTERVALS });
}

const OWN: ReadonlySet<string> = new Set(['message', 'time']);

/** The message and its time are what they are: tags of these names stand back. */
function logJson({ payload, timestamp, tags }: StoredEntry): string {
  const own = JSON.stringify({ message: payload, time: shownIso(timestamp) });
  const parsed: unknown = tags === null ? {} : JSON.parse(tags);
  if (tags === null || !isJsonObject(parsed)) return own;
  const exact = Object.entries(withExactNumbers(parsed, tags, keepSpelling));
  const others = JSON.stringify(Object.fromEntries(exact.filter(([name]) => !OWN.has(name))));
  return others === '{}' ? own : `${own.slice(0, -1)},${others.slice(1)}`;
}

/** Throws BODY. */
function read({ text }: Sent): readonly NewEntry[] {
  const body = jsonObjectOf(text);
  const { message, tags = {} } = body;
  if (typeof message !== 'string') throw new Problem('BODY', 'message: it should be text.');
  if (!isJsonObject(tags)) throw new Problem('BODY', 'tags: it should be an object.');
  if (!fitsTags(tags)) throw new Problem('BODY', 'tags: they are nested too deep, or a name is too long.');
  const payload = wellFormed(message, 'message');
  return [{ severity: 'info', payload, tags: tagsText(body, text), at: timeOf(tags) }];
}

/** With all digits of their numbers. */
function tagsText(body: JsonObject, text: string): string | null {
  const { tags = {} } = withExactNumbers(body, text, keepSpelling);
  const written = jsonText('tags', tags as JsonObject);
  if (isRejection(written)) throw new Problem('BODY', written.reason);
  return written === '{}' ? null : written;
}

function timeOf({ time }: JsonObject): string | undefined {
  if (time === undefined) return undefined;
  const at = typeof time === 'string' ? isoTime(time) : undefined;
  if (at !== undefined) return at;
  throw new Problem('BODY', 'tags.time: it should be a time of ISO 8601, such as 2017-01-01T12:00:00Z.');
}

/** Its clients know a token that is wrong or missing by this. */
const TOKEN_INCORRECT = '{"error":"Token incorrect"}';

function refusal({ code, status, message }: Problem): Answer {
  if (code === 'TOKEN') return { status: 403, contentType: JSON_TYPE, body: TOKEN_INCORRECT };
  return { status, contentType: JSON_TYPE, body: JSON.stringify({ error: message }) };
}
