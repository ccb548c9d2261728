import { keepSpelling, withExactNumbers } from '../exact-json.ts';
import type { JsonObject } from '../json.ts';
import { isDeeperThan, isJsonObject, jsonText, rejectDepth } from '../json.ts';
import type { Rejection } from '../rejection.ts';
import { rejectField, rejectUnicode } from '../rejection.ts';

/**
 * Levels of a payload: protobuf's own JSON readers stop at 100, so Cloud Logging sends none that is deeper.
 */
const MAX_PAYLOAD_LEVELS = 100;

/** What a LogEntry is about, for a person to read, and which of its fields the tags need not repeat. */
export interface LogEntryPayload {
  readonly payload: string;
  /**
   * The field that became the payload: all of it, or of a jsonPayload this member only. Undefined if the
   * payload was made up.
   */
  readonly field: 'textPayload' | 'jsonPayload' | 'protoPayload' | undefined;
  readonly member: string | undefined;
}

/** What loggers call the message in a jsonPayload. */
const MESSAGE_MEMBERS = ['message', 'msg'] as const;

/**
 * The payload of a LogEntry: its text; of a `jsonPayload` the message, or all of it as JSON text if it has
 * none; a `protoPayload` as JSON text; of a request that brings none of them, or only what the load balancer
 * says about it, a line about the request; else nothing.
 */
export function payloadOf(entry: JsonObject, text: string): LogEntryPayload | Rejection {
  const { textPayload, jsonPayload, protoPayload, httpRequest } = entry;
  if (isPresent(textPayload)) {
    if (typeof textPayload !== 'string') return rejectField('textPayload', textPayload, 'text');
    return wellFormed(textPayload, 'textPayload', undefined);
  }
  if (isPresent(jsonPayload)) {
    if (!isJsonObject(jsonPayload)) return rejectField('jsonPayload', jsonPayload, 'an object');
    for (const member of MESSAGE_MEMBERS) {
      const message = jsonPayload[member];
      if (typeof message === 'string') return wellFormed(message, 'jsonPayload', member);
    }
    const request = isJsonObject(httpRequest) ? requestLine(httpRequest) : '';
    return request === '' ? asJson('jsonPayload', entry, text) : wellFormed(request, undefined, undefined);
  }
  if (isPresent(protoPayload)) {
    if (!isJsonObject(protoPayload)) return rejectField('protoPayload', protoPayload, 'an object');
    return asJson('protoPayload', entry, text);
  }
  return wellFormed(isJsonObject(httpRequest) ? requestLine(httpRequest) : '', undefined, undefined);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function wellFormed(
  payload: string,
  field: LogEntryPayload['field'],
  member: string | undefined,
): LogEntryPayload | Rejection {
  return payload.isWellFormed() ? { payload, field, member } : rejectUnicode(field ?? 'httpRequest');
}

function asJson(
  field: 'jsonPayload' | 'protoPayload',
  entry: JsonObject,
  text: string,
): LogEntryPayload | Rejection {
  if (isDeeperThan(entry, MAX_PAYLOAD_LEVELS + 1)) return rejectDepth('The LogEntry', MAX_PAYLOAD_LEVELS);
  const exact = withExactNumbers(entry, text, keepSpelling)[field];
  const payload = jsonText(field, isJsonObject(exact) ? exact : {});
  return typeof payload === 'string' ? { payload, field, member: undefined } : payload;
}

/** `GET 500 https://shop.example/cart 0.78s`, as far as an HttpRequest says it. */
function requestLine(request: JsonObject): string {
  const { requestMethod, status, requestUrl, latency } = request;
  return [
    requestMethod ?? request['request_method'],
    status,
    requestUrl ?? request['request_url'],
    shortLatency(latency),
  ]
    .filter((part) => (typeof part === 'string' && part !== '') || typeof part === 'number')
    .join(' ');
}

/** A protobuf Duration, such as `0.780123456s`, to the millisecond. */
function shortLatency(latency: unknown): string {
  if (typeof latency !== 'string') return '';
  return /^\d{1,9}(\.\d{1,9})?s$/.test(latency)
    ? `${Number(Number(latency.slice(0, -1)).toFixed(3))}s`
    : latency;
}
