import { createHash } from 'node:crypto';

/**
 * The identity that the row of an event has, by its `event_id` attribute and its service. Computed without
 * the decoder.
 */
export function storedId(eventId: string, serviceName = 'alpha'): string {
  return `${eventId}~${createHash('sha256').update(serviceName).digest('base64url').slice(0, 8)}`;
}

/**
 * The `event_id` attribute that a row's identity was made of: the identity without the suffix of its service.
 */
export function publishedId(eventId: string): string {
  return eventId.replace(/~[\w-]{8}$/, '');
}
