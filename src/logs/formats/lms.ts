import type { LogEntry } from '../entry.ts';
import { eventTime } from '../event-time.ts';
import { identify } from '../identity.ts';
import { isJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Message } from '../message.ts';
import { isRejection, reject, rejectField, rejectUnicode, shown } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';
import { checkServiceName } from '../service-name.ts';
import { isSeverity, SEVERITIES } from '../severity.ts';
import { tagsOf } from '../tags.ts';

/**
 * LMS's own format: `{"service_name": text, "payload": text, "severity": one of five, "timestamp": RFC 3339 or absent}`. What
 * else the object holds, and the members of a `tags` object, become the entry's tags. `text` is what `fields` were parsed from.
 */
export function decodeLms(fields: JsonObject, text: string, message: Message): LogEntry | Rejection {
  const { service_name: name, payload, severity, timestamp: time } = fields;
  if (typeof name !== 'string') return rejectField('service_name', name, 'text of 1 to 100 characters');
  if (typeof payload !== 'string') return rejectField('payload', payload, 'text');
  if (!isSeverity(severity)) return rejectSeverity(severity);

  const serviceName = checkServiceName(name);
  if (typeof serviceName !== 'string') return serviceName;
  if (!payload.isWellFormed()) return rejectUnicode('payload');
  const timestamp = eventTime('timestamp', time, message);
  if (typeof timestamp !== 'string') return timestamp;

  const tags = hasMoreThan(time === undefined ? 3 : 4, fields) ? ownTags(fields, text) : null;
  if (isRejection(tags)) return tags;
  return { timestamp, eventId: identify(message), serviceName, severity, payload, tags };
}

/** Counted without a list of the names, for every message passes here. */
function hasMoreThan(count: number, fields: JsonObject): boolean {
  let names = 0;
  for (const name in fields) if (Object.hasOwn(fields, name)) names += 1;
  return names > count;
}

function rejectSeverity(severity: unknown): Rejection {
  const expected = `one of ${SEVERITIES.join(', ')}`;
  if (typeof severity !== 'string') return rejectField('severity', severity, expected);
  return reject('unknown_severity', `severity is "${shown(severity)}": it should be ${expected}.`);
}

function ownTags(fields: JsonObject, text: string): string | null | Rejection {
  const { tags } = fields;
  if (tags !== undefined && tags !== null && !isJsonObject(tags))
    return rejectField('tags', tags, 'an object');
  return tagsOf(fields, text, withoutEntryFields);
}

/** What the message holds beside the columns; JSON.stringify leaves out what is undefined. */
function withoutEntryFields(fields: JsonObject): JsonObject {
  const { tags } = fields;
  return {
    ...fields,
    service_name: undefined,
    payload: undefined,
    severity: undefined,
    timestamp: undefined,
    tags: undefined,
    ...(isJsonObject(tags) ? tags : undefined),
  };
}
