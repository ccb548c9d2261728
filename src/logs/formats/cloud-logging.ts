import type { LogEntry } from '../entry.ts';
import { eventTime } from '../event-time.ts';
import { earlierId, identify } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Level } from '../levels.ts';
import { levelOfCloudLogging, levelOfPino } from '../levels.ts';
import { withMembers } from '../members.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import { isRejection, reject, shown } from '../rejection.ts';
import { tagsOf } from '../tags.ts';
import { readTime } from '../time-value.ts';
import type { LogEntryPayload } from './cloud-logging-payload.ts';
import { payloadOf } from './cloud-logging-payload.ts';
import { serviceOf } from './cloud-logging-service.ts';
import type { Format } from './format.ts';

/**
 * A Cloud Logging LogEntry in JSON, as a log sink publishes it:
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry. Whatever has no column of its own is
 * kept in the tags. Its identity is its insertId within its log; digits of its time that the column has no
 * room for belong to it too.
 */
export const cloudLogging: Format = {
  matches(record) {
    if (typeof record['logName'] === 'string' || typeof record['log_name'] === 'string')
      return hasMore(record);
    if (record['insertId'] === undefined && record['insert_id'] === undefined) return false;
    const { resource } = record;
    return isJsonObject(resource) && typeof resource['type'] === 'string' && isJsonObject(resource['labels']);
  },
  decode: (record, origin) => decode(camelCased(record), origin),
};

/** A write request has a logName too, for all of its entries. */
function hasMore(record: JsonObject): boolean {
  return !Array.isArray(record['entries']);
}

/** Names of LogEntry as protobuf spells them, which its JSON may do too. */
const SNAKE_CASE: readonly (readonly [string, string])[] = [
  ['log_name', 'logName'],
  ['insert_id', 'insertId'],
  ['text_payload', 'textPayload'],
  ['json_payload', 'jsonPayload'],
  ['proto_payload', 'protoPayload'],
  ['receive_timestamp', 'receiveTimestamp'],
  ['http_request', 'httpRequest'],
  ['span_id', 'spanId'],
  ['trace_sampled', 'traceSampled'],
  ['source_location', 'sourceLocation'],
];

function camelCased(record: JsonObject): JsonObject {
  if (!SNAKE_CASE.some(([snake]) => record[snake] !== undefined)) return record;
  const entry = { ...record };
  for (const [snake, camel] of SNAKE_CASE) {
    if (entry[snake] === undefined || entry[camel] !== undefined) continue;
    entry[camel] = entry[snake];
    entry[snake] = undefined;
  }
  return entry;
}

function decode(entry: JsonObject, origin: Origin): LogEntry | Rejection {
  const level = levelIn(entry);
  if (isRejection(level)) return level;
  const { severity } = level;
  const timestamp = logEntryTime(entry, origin);
  if (isRejection(timestamp)) return timestamp;
  const serviceName = serviceOf(entry, origin);
  if (isRejection(serviceName)) return serviceName;
  const content = payloadOf(entry, origin.text);
  if (isRejection(content)) return content;

  const insertId = typeof entry['insertId'] === 'string' ? entry['insertId'] : '';
  const eventId = identify(origin, serviceName, { id: insertId, scope: scopeOf(entry) });
  const tags = tagsOf(entry, origin, (fields) =>
    withoutColumns(camelCased(fields), { content, level, isTold: eventId.startsWith(`${insertId}~`) }),
  );
  if (isRejection(tags)) return tags;
  const { payload } = content;
  const earlierEventId = earlierId(origin, timestamp, eventId, insertId);
  return earlierEventId === undefined
    ? { timestamp, eventId, serviceName, severity, payload, tags }
    : { timestamp, eventId, earlierEventId, serviceName, severity, payload, tags };
}

/** A level, and the member of the jsonPayload that said it. */
interface LevelFound extends Level {
  readonly member: string | undefined;
}

/** What the severity says; of one that says nothing, DEFAULT or none, what the jsonPayload says. */
function levelIn(entry: JsonObject): LevelFound | Rejection {
  const { severity, jsonPayload } = entry;
  const level = levelOfCloudLogging(severity ?? 'DEFAULT');
  if (level === undefined) return rejectSeverity(severity);
  const saysNothing = severity === undefined || severity === null || severity === 0 || severity === 'DEFAULT';
  if (saysNothing && isJsonObject(jsonPayload)) {
    for (const member of ['severity', 'level']) {
      const said = jsonPayload[member];
      const inner = typeof said === 'number' && said < 100 ? levelOfPino(said) : levelOfCloudLogging(said);
      if (inner !== undefined) return { ...inner, member };
    }
  }
  return { ...level, member: undefined };
}

function rejectSeverity(severity: unknown): Rejection {
  return reject(
    'unknown_severity',
    `severity is "${shown(severity)}": it should be one of Cloud Logging's, DEFAULT to EMERGENCY or 0 to 800.`,
  );
}

function logEntryTime(entry: JsonObject, { message }: Origin): string | Rejection {
  const { timestamp, receiveTimestamp } = entry;
  return timestamp === undefined || timestamp === null
    ? eventTime('receiveTimestamp', receiveTimestamp, message)
    : eventTime('timestamp', timestamp, message);
}

/**
 * Within what an insertId is unique: its log, and the digits of its time that the row's key does not have.
 */
function scopeOf({ logName, timestamp, receiveTimestamp }: JsonObject): string {
  const log = typeof logName === 'string' ? logName : '';
  const finer = readTime(timestamp ?? receiveTimestamp)?.finer ?? '';
  return finer === '' ? log : `${log} ${finer}`;
}

interface Kept {
  readonly content: LogEntryPayload;
  readonly level: LevelFound;
  /** Whether the identity says what the insertId says. */
  readonly isTold: boolean;
}

/** What a LogEntry holds beside the columns; JSON.stringify leaves out what is undefined. */
function withoutColumns(entry: JsonObject, { content, level, isTold }: Kept): JsonObject {
  const { insertId, severity, timestamp, jsonPayload } = entry;
  const { field, member } = content;
  const rest: Record<string, unknown> = {
    ...entry,
    timestamp: (readTime(timestamp)?.finer ?? '') === '' ? undefined : timestamp,
    insertId: isTold ? undefined : insertId,
    severity: level.member === undefined && level.isTold ? undefined : (severity ?? undefined),
  };
  if (field !== undefined) rest[field] = undefined;
  if (field !== 'jsonPayload' || member === undefined || !isJsonObject(jsonPayload)) return rest;
  const told = level.member !== undefined && level.isTold ? { [level.member]: undefined } : {};
  return withMembers(rest, 'jsonPayload', { ...jsonPayload, [member]: undefined, ...told });
}
