import type { LogEntry } from '../entry.ts';
import { eventTime } from '../event-time.ts';
import { keepSpelling, withExactNumbers } from '../exact-json.ts';
import { identify } from '../identity.ts';
import { isDeeperThan, isJsonObject, jsonText, rejectDepth } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { isToldByOurs, mapSeverity } from './cloud-logging-severity.ts';
import { serviceOf } from './cloud-logging-service.ts';
import type { Message } from '../message.ts';
import { isRejection, rejectField, rejectUnicode } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';
import { tagsOf } from '../tags.ts';

/** Fields by which a LogEntry is known. Cloud Logging itself always sends the first three; other writers of the format may not. */
const MARKS = [
  'logName',
  'resource',
  'insertId',
  'textPayload',
  'jsonPayload',
  'protoPayload',
  'receiveTimestamp',
] as const;

/** Levels of a payload: protobuf's own JSON readers stop at 100, so Cloud Logging sends none that is deeper. */
const MAX_PAYLOAD_LEVELS = 100;

type PayloadField = 'textPayload' | 'jsonPayload' | 'protoPayload';

/** Whether an object is a Cloud Logging LogEntry, by the names of its fields. */
export function looksLikeCloudLogging(fields: JsonObject): boolean {
  return MARKS.some((mark) => fields[mark] !== undefined);
}

/**
 * A Cloud Logging LogEntry in JSON, as a log sink publishes it:
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry. Whatever has no column of its own is kept in the
 * tags. `text` is what `entry` was parsed from.
 */
export function decodeCloudLogging(entry: JsonObject, text: string, message: Message): LogEntry | Rejection {
  const severity = mapSeverity(entry['severity']);
  if (isRejection(severity)) return severity;
  const timestamp = logEntryTime(entry, message);
  if (isRejection(timestamp)) return timestamp;
  const serviceName = serviceOf(entry);
  if (isRejection(serviceName)) return serviceName;

  const payloadField = payloadFieldOf(entry);
  const payload = payloadField === undefined ? '' : payloadOf(payloadField, entry, text);
  if (isRejection(payload)) return payload;

  const { insertId } = entry;
  const eventId = identify(message, typeof insertId === 'string' ? insertId : undefined);
  const tags = tagsOf(entry, text, (fields) => withoutColumns(fields, payloadField, eventId));
  if (isRejection(tags)) return tags;
  return { timestamp, eventId, serviceName, severity, payload, tags };
}

function logEntryTime(entry: JsonObject, message: Message): string | Rejection {
  const { timestamp, receiveTimestamp } = entry;
  return timestamp === undefined || timestamp === null
    ? eventTime('receiveTimestamp', receiveTimestamp, message)
    : eventTime('timestamp', timestamp, message);
}

function payloadFieldOf(entry: JsonObject): PayloadField | undefined {
  if (isPresent(entry['textPayload'])) return 'textPayload';
  if (isPresent(entry['jsonPayload'])) return 'jsonPayload';
  return isPresent(entry['protoPayload']) ? 'protoPayload' : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function payloadOf(field: PayloadField, entry: JsonObject, text: string): string | Rejection {
  const payload = entry[field];
  if (field === 'textPayload') {
    if (typeof payload !== 'string') return rejectField(field, payload, 'text');
    return payload.isWellFormed() ? payload : rejectUnicode(field);
  }
  if (!isJsonObject(payload)) return rejectField(field, payload, 'an object');
  if (isDeeperThan(entry, MAX_PAYLOAD_LEVELS + 1)) return rejectDepth('The LogEntry', MAX_PAYLOAD_LEVELS);
  const exact = withExactNumbers(entry, text, keepSpelling)[field];
  return jsonText(field, isJsonObject(exact) ? exact : payload);
}

/** What a LogEntry holds beside the columns; JSON.stringify leaves out what is undefined. */
function withoutColumns(
  entry: JsonObject,
  payloadField: PayloadField | undefined,
  eventId: string,
): JsonObject {
  const { insertId, severity } = entry;
  return {
    ...entry,
    timestamp: undefined,
    insertId: insertId === eventId ? undefined : insertId,
    severity: isToldByOurs(severity) ? undefined : severity,
    ...(payloadField === undefined ? {} : { [payloadField]: undefined }),
  };
}
