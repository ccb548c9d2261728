import { attributeOf, ATTRIBUTES } from './message.ts';
import type { Message } from './message.ts';
import { reject, rejectField, shown } from './rejection.ts';
import type { Rejection } from './rejection.ts';
import { formatInstant, parseTimestamp } from './timestamp.ts';

/**
 * The event's own time as a column holds it: what `field` says, or where it says nothing the time at which the message was
 * published.
 */
export function eventTime(field: string, value: unknown, message: Message): string | Rejection {
  if (value === undefined || value === null) return publishTime(message);
  if (typeof value !== 'string') return rejectField(field, value, 'RFC 3339 text');
  return (
    parseTimestamp(value) ??
    reject(
      'bad_timestamp',
      `${field} is "${shown(value)}": it should be a real time in RFC 3339 form, such as 2026-11-05T13:45:00.123456Z, in the years 1000 to 9999.`,
    )
  );
}

function publishTime(message: Message): string | Rejection {
  const original = attributeOf(message, ATTRIBUTES.originalPublishTime);
  const time =
    (original === undefined ? null : parseTimestamp(original)) ?? formatInstant(message.publishTime);
  return (
    time ??
    reject(
      'bad_timestamp',
      'The message has no timestamp, and its publish time is outside the years 1000 to 9999.',
    )
  );
}
