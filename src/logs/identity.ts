import { hash } from 'node:crypto';
import { ATTRIBUTES } from './message.ts';
import type { Message } from './message.ts';

/** Width of the `event_id` column. A SHA-256 in hexadecimal digits is just as long. */
const LONGEST_ID = 64;
/** Hexadecimal digits of a SHA-256 that tell logs apart, whose entries have the same `insertId` and the same time. */
const LOG_DIGITS = 16;

/**
 * The identity that every copy of an event shares: the publisher's own `event_id` attribute, else the id of a LogEntry, else
 * the id that Pub/Sub gave the message, or the message it was copied from. An empty one is none: it would make one event of many.
 */
export function identify(message: Message, logEntryId?: string): string {
  const eventId = message.attributes[ATTRIBUTES.eventId];
  if (eventId) return fitted(eventId);
  if (logEntryId) return fitted(logEntryId);
  const original = message.attributes[ATTRIBUTES.originalMessageId];
  if (original) return fitted(original);
  return fitted(message.messageId);
}

/**
 * The id of a LogEntry: `<insertId>@<digest of the log's name>`, undefined without an `insertId`. Cloud Logging keeps an `insertId`
 * unique among the entries of one project and one time only, and writers may choose it: a counter, say, in each of two logs.
 */
export function logEntryId(insertId: unknown, logName: unknown): string | undefined {
  if (typeof insertId !== 'string' || insertId === '') return undefined;
  if (typeof logName !== 'string' || logName === '') return insertId;
  return `${insertId}@${hash('sha256', logName).slice(0, LOG_DIGITS)}`;
}

/** The id itself if the column can hold it, else a digest of it: the same for the same id, and different for another. */
function fitted(id: string): string {
  return fits(id) ? id : hash('sha256', id);
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
