import { createHash } from 'node:crypto';
import { attributeOf, ATTRIBUTES } from './message.ts';
import type { Message } from './message.ts';

/** Width of the `event_id` column. A SHA-256 in hexadecimal digits is just as long. */
const LONGEST_ID = 64;

/**
 * The identity that every copy of an event shares: the publisher's own `event_id` attribute, else the `insertId` of a
 * LogEntry, else the id that Pub/Sub gave the message, or the message it was copied from. An empty one is none: it would
 * make one event of many.
 */
export function identify(message: Message, insertId?: string): string {
  const eventId = attributeOf(message, ATTRIBUTES.eventId);
  if (eventId) return fitted(eventId);
  if (insertId) return fitted(insertId);
  const original = attributeOf(message, ATTRIBUTES.originalMessageId);
  if (original) return fitted(original);
  return fitted(message.messageId);
}

/** The id itself if the column can hold it, else a digest of it: the same for the same id, and different for another. */
function fitted(id: string): string {
  return fits(id) ? id : createHash('sha256').update(id).digest('hex');
}

/** Whether an id is 1 to 64 printable ASCII characters without spaces. */
function fits(id: string): boolean {
  if (id.length === 0 || id.length > LONGEST_ID) return false;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return true;
}
