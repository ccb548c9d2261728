import { isUtf8 } from 'node:buffer';
import { uncompress } from 'snappyjs';
import { decodeRecord } from '../../logs/formats/structured-record.ts';
import { isJsonObject, type JsonObject } from '../../logs/json.ts';
import { hasValuesOver } from '../../logs/json-values.ts';
import { type Level, levelOfName } from '../../logs/levels.ts';
import { levelOfAny } from '../../logs/loose.ts';
import { withMembers } from '../../logs/members.ts';
import { isRejection, reject } from '../../logs/rejection.ts';
import { readTime } from '../../logs/time-value.ts';
import { type RequestBody, tooLarge } from '../body.ts';
import { Problem } from '../problems.ts';
import type { Answer, HttpRequest, Route } from '../route.ts';
import { tallied } from '../tally.ts';
import { type LokiEntry, type Push, pushOfJson, pushOfProtobuf } from './loki-push.ts';
import type { Outcome } from './receive.ts';
import { type IncomingRecord, messageOf, type Reading } from './records.ts';
import { receiveWhole, requireBounded, UNKNOWN_SERVICE } from './whole.ts';

const MAX_VALUES = 1_000_000;
/** What snappy packs best: 64 bytes in three. */
const MOST_UNPACKED_OF_A_BYTE = 22;

/** What Promtail, Alloy and everything else that pushes to Loki speaks. */
export const LOKI_ROUTES: readonly Route[] = [
  pushAt('/loki/api/v1/push'),
  pushAt('/api/prom/push'),
  { method: 'GET', path: '/ready', respond: () => Promise.resolve(plain(200, 'ready\n')) },
];

function pushAt(path: string): Route {
  return {
    method: 'POST',
    path,
    scope: 'write',
    respond: tallied('loki', async (request: HttpRequest, tally) => {
      const sent = await request.body.bytes();
      const { entries, units, isMended } =
        request.body.type === 'application/json'
          ? readJson(sent)
          : pushOfProtobuf(unpacked(sent, request.body));
      requireBounded({ records: entries, units });
      const { defaultService: service = UNKNOWN_SERVICE } = request.services;
      const answer = (outcome: Outcome) => answerOf(outcome, request);
      const done = await receiveWhole(request, { body: sent, scope: ['loki'], tally, answer }, (time) =>
        recordsOf(entries, isMended, { time, service }),
      );
      return done.answer;
    }),
    refuse: ({ status, message }) => plain(status, `${message}\n`),
  };
}

function answerOf(
  { accepted, rejected, denied, refused }: Outcome,
  { requestId, services }: Pick<HttpRequest, 'requestId' | 'services'>,
): Answer {
  if (denied > 0) {
    const counts = `${denied} of ${accepted + rejected + denied} entries`;
    throw new Problem('SCOPE', `${counts} are of services that the token may not write; the rest is taken.`);
  }
  const [first] = refused;
  if (rejected > 0) services.log.warn({ requestId, rejected, first }, 'entries were refused');
  return { status: 204, contentType: 'text/plain', body: '' };
}

function plain(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function readJson(body: Buffer): Push {
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  if (hasValuesOver(text, MAX_VALUES))
    throw new Problem('BODY_TOO_LARGE', `A push should have at most ${MAX_VALUES} JSON values.`);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    // What the parser says of it repeats a piece of it, which is not for the log.
    throw new Problem('BODY', 'The body is not JSON.');
  }
  if (!isJsonObject(root)) throw new Problem('BODY', 'The body should be a push of Loki, an object in JSON.');
  return { ...pushOfJson(root), isMended: text.includes('\ufffd') && !isUtf8(body) };
}

/** Never more than a body may have, whatever length it says. */
function unpacked(sent: Buffer, body: RequestBody): Buffer {
  const length = claimedLength(sent);
  if (length > body.maxBytes) throw tooLarge(body.maxBytes);
  body.grow(length);
  try {
    return Buffer.from(uncompress(sent, length));
  } catch (error) {
    throw new Problem('BODY', 'The body is not packed as snappy (the block format).', { cause: error });
  }
}

/** What it says it unpacks to: a varint before all. No byte stands for more than 22. */
function claimedLength(sent: Buffer): number {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = sent[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  return Math.min(length, sent.length * MOST_UNPACKED_OF_A_BYTE);
}

function* recordsOf(
  entries: readonly (LokiEntry | null)[],
  isMended: boolean,
  reading: Reading,
): Generator<IncomingRecord> {
  for (const [place, entry] of entries.entries()) {
    const record = recordOf(entry, reading);
    const raw = () => Buffer.from(JSON.stringify(entry));
    const isOfMended = isMended && JSON.stringify(entry).includes('\ufffd');
    yield { place, decoded: record, raw, ...(isOfMended && { isMended }) };
  }
}

/** Names that no label has. */
const TIME = '\u0000time';
const LINE = '\u0000line';

function recordOf(entry: LokiEntry | null, { time: now, service }: Reading) {
  if (entry === null) return reject('not_an_object', 'An entry should be a list of a time and a line.');
  const { labels, time, line, metadata } = entry;
  if (line === undefined || line === null) return reject('missing_field', 'An entry has no line.');
  const record: JsonObject = {
    ...withMembers(labels, 'metadata', metadata),
    [TIME]: time ?? undefined,
    [LINE]: line,
  };
  const decoded = decodeRecord(
    record,
    {
      message: messageOf(Buffer.alloc(0), { time: now }),
      text: '',
      options: { defaultService: service },
      part: '',
      around: undefined,
      budget: undefined,
    },
    NAMES,
  );
  if (isRejection(decoded)) return decoded;
  if (time !== undefined && time !== null && readTime(time) === null)
    return reject('bad_timestamp', 'The time of an entry should be nanoseconds since 1970, as text.');
  const isTold = LEVELS.some((name) => typeof record[name] === 'string' && record[name] !== 'unknown');
  const said = isTold || typeof line !== 'string' ? undefined : levelInLine(line);
  return {
    ...decoded,
    tags: decoded.tags?.replace('"\\u0000time"', '"time_ns"') ?? null,
    ...(said && { severity: said.severity }),
  };
}

const LEVELS = ['level', 'severity', 'detected_level', 'lvl', 'log_level'];
const NAMES = {
  time: [TIME],
  message: [LINE],
  level: LEVELS,
  service: ['job', 'container', 'container_name', 'compose_service', 'unit', 'syslog_identifier', 'filename'],
  readLevel: levelOfAny,
};

const IN_LOGFMT = /(?:^|\s)(?:level|lvl|severity)=("?)([A-Za-z]{1,12})\1(?=\s|$)/;
const LOOKED_AT_UNITS = 4_000;

/** The level that a line says of itself, where neither labels nor metadata do. */
function levelInLine(line: string): Level | undefined {
  if (!line.startsWith('{')) return levelOfName(IN_LOGFMT.exec(line.slice(0, LOOKED_AT_UNITS))?.[2]);
  if (line.length > LOOKED_AT_UNITS) return undefined;
  let record: JsonObject;
  try {
    record = JSON.parse(line) as JsonObject;
  } catch {
    return undefined;
  }
  const value = record['level'] ?? record['severity'] ?? record['lvl'];
  return value === undefined ? undefined : levelOfAny(value);
}
