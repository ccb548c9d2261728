import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { RecordsInside } from '../../logs/formats/format.ts';
import { flattened, otlpRecord, otlpRecords } from '../../logs/formats/otlp.ts';
import { isJsonObject } from '../../logs/json.ts';
import { hasValuesOver } from '../../logs/json-values.ts';
import type { Instant } from '../../logs/message.ts';
import { isRejection } from '../../logs/rejection.ts';
import { Problem } from '../problems.ts';
import type { Answer, HttpRequest, Route } from '../route.ts';
import { tallied } from '../tally.ts';
import { decodeExport, encodeResponse, encodeStatus } from './otlp-protobuf.ts';
import type { Outcome } from './receive.ts';
import { type IncomingRecord, messageOf } from './records.ts';
import { MAX_RECORDS, receiveWhole, requireBounded, UNKNOWN_SERVICE } from './whole.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const MAX_VALUES = 1_000_000;

/** OpenTelemetry's logs, as OTLP/HTTP sends them, in protobuf or JSON. */
export const otlpLogs: Route = {
  method: 'POST',
  path: '/v1/logs',
  scope: 'write',
  respond: tallied('otlp', async (request: HttpRequest, tally) => {
    const encoding = encodingOf(request.headers);
    if (encoding === undefined)
      throw new Problem('BODY_TYPE', `Content-Type: it should be ${PROTOBUF} or ${JSON_TYPE}.`);
    const body = await request.body.bytes();
    const { inside, isMended } = encoding === PROTOBUF ? readProtobuf(body) : readJson(body);
    const { records } = inside;
    requireBounded({ records, units: records.reduce((sum, { sharedUnits }) => sum + sharedUnits, 0) });
    const answer = (outcome: Outcome) => answerOf(outcome, encoding);
    const done = await receiveWhole(request, { body, scope: ['otlp'], tally, answer }, (time) =>
      recordsOf(inside, { time, isMended, service: request.services.defaultService }),
    );
    return done.answer;
  }),
  refuse(problem, { headers }) {
    return refusal(problem, encodingOf(headers) ?? JSON_TYPE);
  },
};

type Encoding = typeof PROTOBUF | typeof JSON_TYPE;

function encodingOf(headers: IncomingHttpHeaders): Encoding | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === JSON_TYPE) return JSON_TYPE;
  return type === PROTOBUF || type === 'application/protobuf' ? PROTOBUF : undefined;
}

interface Read {
  readonly inside: RecordsInside;
  readonly isMended: boolean;
}

function readProtobuf(body: Buffer): Read {
  const { root, isMended } = decodeExport(body);
  return { inside: flattened(root, MAX_RECORDS), isMended };
}

function readJson(body: Buffer): Read {
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  if (hasValuesOver(text, MAX_VALUES))
    throw new Problem('BODY_TOO_LARGE', `A request should have at most ${MAX_VALUES} JSON values.`);
  const root = parsed(text);
  const inside = otlpRecords(root, text, MAX_RECORDS);
  if (isRejection(inside)) throw new Problem('BODY', inside.reason);
  // Whoever sends traces here, or misspells a name, would never know.
  if (inside.records.length === 0 && Object.keys(root).some((name) => !/^resource_?logs$/i.test(name)))
    throw new Problem('BODY', 'The body has no resourceLogs: it should be an ExportLogsServiceRequest.');
  return { inside, isMended: text.includes('\ufffd') && !isUtf8(body) };
}

function parsed(text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says of it repeats a piece of it, which is not for the log.
    throw new Problem('BODY', 'The body is not JSON.');
  }
  if (isJsonObject(value)) return value;
  throw new Problem('BODY', 'The body should be an ExportLogsServiceRequest, an object in JSON.');
}

interface RecordOptions {
  readonly time: Instant;
  readonly isMended: boolean;
  readonly service: string | undefined;
}

function* recordsOf(
  { records, shared }: RecordsInside,
  { time, isMended, service }: RecordOptions,
): Generator<IncomingRecord> {
  const origin = {
    message: messageOf(Buffer.alloc(0), { time }),
    text: '',
    options: { defaultService: service ?? UNKNOWN_SERVICE },
    part: '',
    around: undefined,
    budget: undefined,
    shared,
  };
  for (const [place, { record }] of records.entries()) {
    const decoded = otlpRecord.decode(record, origin);
    const raw = () => Buffer.from(JSON.stringify(record));
    const isOfMended = isMended && !isRejection(decoded) && hasReplacement(decoded);
    yield { place, decoded, raw, ...(isOfMended && { isMended }) };
  }
}

function hasReplacement({
  payload,
  tags,
}: {
  readonly payload: string;
  readonly tags: string | null;
}): boolean {
  return payload.includes('\ufffd') || tags?.includes('\ufffd') === true;
}

/** What is refused for good is told in a success, which is final; what may go well later is a 503. */
function answerOf({ accepted, rejected, denied, refused }: Outcome, encoding: Encoding): Answer {
  const count = rejected + denied;
  const first = refused[0]?.reason ?? '';
  if (accepted === 0 && rejected === 0 && denied > 0) throw new Problem('SCOPE', first);
  if (encoding === PROTOBUF) return { contentType: PROTOBUF, body: encodeResponse(count, first) };
  const partialSuccess = { rejectedLogRecords: String(count), errorMessage: first };
  return { contentType: JSON_TYPE, body: JSON.stringify(count === 0 ? {} : { partialSuccess }) };
}

/** google.rpc.Code of what a status of HTTP says. */
const CODES: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [405, 12],
  [409, 10],
  [413, 3],
  [415, 3],
  [429, 8],
  [500, 13],
  [503, 14],
]);
const UNKNOWN = 2;

function refusal({ status, message }: Problem, encoding: Encoding): Answer {
  const code = CODES.get(status) ?? UNKNOWN;
  return encoding === PROTOBUF
    ? { status, contentType: PROTOBUF, body: encodeStatus(code, message) }
    : { status, contentType: JSON_TYPE, body: JSON.stringify({ code, message }) };
}
