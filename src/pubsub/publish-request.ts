import { LmsError } from '../errors/catalogue.ts';
import type { OutgoingMessage } from '../logs/message.ts';

/** The service's limits on a publish request: https://cloud.google.com/pubsub/quotas */
export const PUBLISH_LIMITS = { maxMessages: 1_000, maxBytes: 10_000_000 };

/** Tags and lengths around a message and around each attribute in a request: never more than this. */
const FRAME_BYTES = 16;
/** The request's own field, the topic's name: up to 30 + 255 characters and more. */
const REQUEST_BYTES = 512;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_A_UNIT = 3;

/**
 * Cuts messages into requests that the service takes: the index after the last message of each, in order.
 * Throws `LmsError` INPUT if a single message is too large.
 */
export function requestEnds(messages: readonly OutgoingMessage[], limits = PUBLISH_LIMITS): number[] {
  const ends: number[] = [];
  const room = limits.maxBytes - REQUEST_BYTES;
  let start = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = boundedBytes(message);
    if (size > room && !fitsRequest(message, limits.maxBytes))
      throw tooLarge(message, index, messages.length, limits.maxBytes);
    if (index > start && (bytes + size > room || index - start === limits.maxMessages)) {
      ends.push(index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (messages.length > 0) ends.push(messages.length);
  return ends;
}

/** Whether a request of this message alone is small enough. */
export function fitsRequest(message: OutgoingMessage, maxBytes = PUBLISH_LIMITS.maxBytes): boolean {
  return exactBytes(message) + REQUEST_BYTES <= maxBytes;
}

/** An upper bound, without a look at the characters of the attributes: it is taken of every message. */
function boundedBytes({ data, attributes }: OutgoingMessage): number {
  let bytes = data.length + FRAME_BYTES;
  for (const key in attributes) {
    bytes += FRAME_BYTES + (key.length + (attributes[key]?.length ?? 0)) * BYTES_A_UNIT;
  }
  return bytes;
}

function exactBytes({ data, attributes }: OutgoingMessage): number {
  let bytes = data.length + FRAME_BYTES;
  for (const [key, value] of Object.entries(attributes)) {
    bytes += FRAME_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  return bytes;
}

function tooLarge(message: OutgoingMessage, index: number, count: number, maxBytes: number): LmsError {
  const which = count === 1 ? 'the message' : `message ${index + 1} of ${count}`;
  const size = exactBytes(message).toLocaleString('en-US');
  const limit = maxBytes.toLocaleString('en-US');
  return new LmsError(
    'INPUT',
    `${which} has ${size} bytes with its attributes; Pub/Sub takes at most ${limit}`,
  );
}
