import { formatInstant } from './instant-text.ts';
import { isJsonObject } from './json.ts';
import type { Message } from './message.ts';
import { attributeOf, ATTRIBUTES } from './message.ts';
import type { Rejection } from './rejection.ts';
import { reject, rejectField, shown } from './rejection.ts';
import { readTime } from './time-value.ts';
import { parseTimestamp } from './timestamp.ts';

const EXPECTED = 'RFC 3339 text, a time since 1970, or an object of seconds and nanos';

/**
 * The event's own time as a column holds it: what `field` says, or where it says nothing that of the
 * CloudEvent, else the time at which the message was published.
 */
export function eventTime(field: string, value: unknown, message: Message): string | Rejection {
  if (value === undefined || value === null) return messageTime(message);
  const timestamp = typeof value === 'string' ? parseTimestamp(value) : null;
  if (timestamp !== null) return timestamp;
  const other = readTime(value);
  if (other !== null) return other.timestamp;
  if (!mayBeTime(value)) return rejectField(field, value, EXPECTED);
  return reject(
    'bad_timestamp',
    `${field} is "${shown(value)}": it should be a real time in RFC 3339 form, such as 2026-11-05T13:45:00.123456Z, in the years 1000 to 9999.`,
  );
}

function mayBeTime(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'number' || (isJsonObject(value) && 'seconds' in value)
  );
}

/** The time of a message whose record says none. */
export function messageTime(message: Message): string | Rejection {
  const time = givenTime(message) ?? formatInstant(message.publishTime);
  return (
    time ??
    reject(
      'bad_timestamp',
      'The message has no timestamp, and its publish time is outside the years 1000 to 9999.',
    )
  );
}

function givenTime(message: Message): string | null {
  const cloudEvent = attributeOf(message, ATTRIBUTES.cloudEventTime);
  const time = cloudEvent === undefined ? null : parseTimestamp(cloudEvent);
  if (time !== null) return time;
  const original = attributeOf(message, ATTRIBUTES.originalPublishTime);
  return original === undefined ? null : parseTimestamp(original);
}
