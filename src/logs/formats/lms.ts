import type { LogEntry } from '../entry.ts';
import { eventIdOfCopy, tagsOfCopy } from '../entry-json.ts';
import { eventTime } from '../event-time.ts';
import { earlierId, identify } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { levelOfName } from '../levels.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import { isRejection, reject, rejectField, rejectUnicode, shown } from '../rejection.ts';
import { checkServiceName, serviceOfMessage } from '../service-name.ts';
import type { Severity } from '../severity.ts';
import { isSeverity, SEVERITIES } from '../severity.ts';
import { tagsOf, tagsOfEntry } from '../tags.ts';
import { readTime } from '../time-value.ts';
import type { Format } from './format.ts';

/**
 * LMS's own format: `{"service_name": text, "payload": text, "severity": one of five, "timestamp": RFC 3339
 * or absent}`. What else the object holds, and the members of a `tags` object, become the entry's tags.
 *
 * The JSON of a stored entry is such a record too, and stays that entry: it has its row's key and its tags,
 * whoever publishes it, in which message and with which attributes.
 */
export const lms: Format = {
  // The names of other formats tell a record that only has a payload of its own beside them.
  matches({ payload, service_name: name, severity, level, message }) {
    if (payload === undefined) return false;
    if (name !== undefined) return severity !== undefined || level === undefined;
    return severity !== undefined && message === undefined;
  },
  decode,
};

function decode(fields: JsonObject, origin: Origin): LogEntry | Rejection {
  const { payload, severity: level, timestamp: time } = fields;
  const serviceName = serviceOf(fields, origin);
  if (typeof serviceName !== 'string') return serviceName;
  if (typeof payload !== 'string') return rejectField('payload', payload, 'text');
  const severity = isSeverity(level) ? level : severityOf(level);
  if (typeof severity !== 'string') return severity;
  if (!payload.isWellFormed()) return rejectUnicode('payload');
  const timestamp = eventTime('timestamp', time, origin.message);
  if (typeof timestamp !== 'string') return timestamp;

  const isMore = !isPlain(fields, level === severity) || origin.around !== undefined;
  const copied = isMore ? eventIdOfCopy(fields, timestamp) : undefined;
  const tags = isMore ? ownTags(fields, origin, copied !== undefined) : null;
  if (isRejection(tags)) return tags;
  if (copied !== undefined) return { timestamp, eventId: copied, serviceName, severity, payload, tags };
  const eventId = identify(origin, serviceName);
  const earlierEventId = earlierId(origin, timestamp, eventId);
  return earlierEventId === undefined
    ? { timestamp, eventId, serviceName, severity, payload, tags }
    : { timestamp, eventId, earlierEventId, serviceName, severity, payload, tags };
}

function serviceOf({ service_name: name }: JsonObject, origin: Origin): string | Rejection {
  if (typeof name === 'string') return checkServiceName(name);
  if (name !== undefined && name !== null)
    return rejectField('service_name', name, 'text of 1 to 100 characters');
  return serviceOfMessage(origin);
}

/** Our severity for a level in any case, or by another of its names. */
function severityOf(level: unknown): Severity | Rejection {
  const severity = levelOfName(level)?.severity;
  if (severity !== undefined) return severity;
  const expected = `one of ${SEVERITIES.join(', ')}`;
  if (typeof level !== 'string') return rejectField('severity', level, expected);
  return reject('unknown_severity', `severity is "${shown(level)}": it should be ${expected}.`);
}

/**
 * Whether the columns hold all of a message. Counted without a list of the names, for every message passes
 * here.
 */
function isPlain(fields: JsonObject, isOurSeverity: boolean): boolean {
  const { timestamp: time, service_name: name } = fields;
  let names = 0;
  for (const each in fields) if (Object.hasOwn(fields, each)) names += 1;
  const columns = 2 + (time === undefined ? 0 : 1) + (name === undefined ? 0 : 1);
  return names <= columns && isOurSeverity && (time === undefined || isShortTime(time));
}

/**
 * Whether a time is one of RFC 3339 that has nothing after its microseconds: it has 27 characters at most.
 */
function isShortTime(time: unknown): boolean {
  return typeof time === 'string' && time.length <= 27 && time[4] === '-';
}

function ownTags(fields: JsonObject, origin: Origin, isCopy: boolean): string | null | Rejection {
  const { tags } = fields;
  if (tags !== undefined && typeof tags !== 'object') return rejectField('tags', tags, 'an object or a list');
  return isCopy ? tagsOfEntry(fields, origin, tagsOfCopy) : tagsOf(fields, origin, withoutColumns);
}

/** What the message holds beside the columns; JSON.stringify leaves out what is undefined. */
function withoutColumns(fields: JsonObject): JsonObject {
  const { tags, severity, timestamp } = fields;
  const rest = {
    ...fields,
    service_name: undefined,
    payload: undefined,
    severity: levelOfName(severity)?.isTold === true ? undefined : severity,
    timestamp: (readTime(timestamp)?.finer ?? '') === '' ? undefined : timestamp,
    tags: undefined,
  };
  if (!isJsonObject(tags)) return { ...rest, tags: tags ?? undefined };
  return clashes(rest, tags) ? { ...rest, tags } : { ...rest, ...tags };
}

/** Whether the members of `tags` would take the place of others. */
function clashes(rest: JsonObject, tags: JsonObject): boolean {
  return Object.keys(tags).some((name) => Object.hasOwn(rest, name) && rest[name] !== undefined);
}
