import { gunzipSync, gzipSync } from 'node:zlib';
import { ATTRIBUTES, type Instant, type Message, type OutgoingMessage } from '../logs/message.ts';
import type { DeadLetter } from '../pipeline/ports.ts';
import { fitsRequest } from './publish-request.ts';

/**
 * What LMS adds to a message that goes to the dead-letter topic, beside the message's own attributes. The
 * last two are the decoder's: it takes them for the message's own, so a letter that is published to the topic
 * again, by whatever tool, is the same event as before.
 */
export const DEAD_LETTER_ATTRIBUTES = {
  code: 'lms_code',
  reason: 'lms_reason',
  /** Full name of the subscription that the message came from. */
  subscription: 'lms_subscription',
  /** Absent: the data is the message's own. `gzip`: see `pack`. */
  encoding: 'lms_encoding',
  /** Absent: the data is whole. `1/2`: see `cut`. */
  part: 'lms_part',
  messageId: ATTRIBUTES.originalMessageId,
  publishTime: ATTRIBUTES.originalPublishTime,
} as const;

/**
 * The service's limits on attributes: https://cloud.google.com/pubsub/quotas. Keys of its own begin with
 * `goog`.
 */
const MAX_ATTRIBUTES = 100;
const MAX_VALUE_BYTES = 1024;
const RESERVED = /^goog/i;
/** Nothing that was published unpacks to more: stops a small message that claims to be a huge one. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;
/**
 * Small enough with any attributes. Always the same, so that parts of a letter which is written again fit
 * those of the first.
 */
const PART_BYTES = 5_000_000;
const NEWLINE = 0x0a;
const OURS: ReadonlySet<string> = new Set(Object.values(DEAD_LETTER_ATTRIBUTES));

/** A dead letter, opened. */
export interface OpenedDeadLetter {
  /** Pub/Sub's id of the message that was first received, over any number of replays. */
  readonly messageId: string;
  /** When that was published, in RFC 3339. */
  readonly publishTime: string;
  /** Empty if another program put the letter there, such as Pub/Sub itself by a dead-letter policy. */
  readonly code: string;
  readonly reason: string;
  /** Which part of the message's data this is, as in `1/2`; undefined if it is whole. */
  readonly part: string | undefined;
  /** Size of the message's own data, or of the part. */
  readonly bytes: number;
  /**
   * The message's own data, or the part, and attributes; undefined if they were packed and do not unpack, as
   * a part never does.
   */
  readonly original: OutgoingMessage | undefined;
}

/**
 * The message that says of a delivery why it is dead; in parts, in order, if it is too large for one, so that
 * there is always a letter that the service takes. A message that was replayed and failed again keeps its
 * first id and time.
 */
export function writeDeadLetter(
  { delivery, rejection }: DeadLetter,
  subscription: string,
): OutgoingMessage[] {
  const { data, attributes } = delivery;
  const own = withoutOurs(attributes);
  const why = {
    [DEAD_LETTER_ATTRIBUTES.code]: rejection.code,
    [DEAD_LETTER_ATTRIBUTES.reason]: cutToBytes(rejection.reason, MAX_VALUE_BYTES),
    [DEAD_LETTER_ATTRIBUTES.subscription]: subscription,
    ...originOf(delivery),
  };
  const plain = { data, attributes: { ...own, ...why } };
  if (fitsTopic(plain)) return [plain];
  const packed = { data: pack(data, own), attributes: { ...why, [DEAD_LETTER_ATTRIBUTES.encoding]: 'gzip' } };
  if (fitsTopic(packed)) return [packed];
  const parts = cut(plain);
  return parts.every(fitsTopic) ? parts : cut(packed);
}

export function readDeadLetter(message: Message): OpenedDeadLetter {
  const { attributes } = message;
  const origin = originOf(message);
  const original =
    attributes[DEAD_LETTER_ATTRIBUTES.encoding] === 'gzip' ? unpack(message.data) : plainOriginal(message);
  return {
    messageId: origin[DEAD_LETTER_ATTRIBUTES.messageId],
    publishTime: origin[DEAD_LETTER_ATTRIBUTES.publishTime],
    code: attributes[DEAD_LETTER_ATTRIBUTES.code] ?? '',
    reason: attributes[DEAD_LETTER_ATTRIBUTES.reason] ?? '',
    part: attributes[DEAD_LETTER_ATTRIBUTES.part],
    bytes: (original ?? message).data.length,
    original,
  };
}

/**
 * The message as it was, plus what keeps its identity and time. Undefined for a part of one, for what its sender
 * may not have written under the names that it says, and if Pub/Sub would not take it: with the two attributes
 * more it may be over a limit.
 */
export function replayOf({
  original,
  part,
  messageId,
  publishTime,
}: OpenedDeadLetter): OutgoingMessage | undefined {
  if (original === undefined || part !== undefined) return undefined;
  if (original.attributes[ATTRIBUTES.namespace] !== undefined) return undefined;
  const origin = {
    [DEAD_LETTER_ATTRIBUTES.messageId]: messageId,
    [DEAD_LETTER_ATTRIBUTES.publishTime]: publishTime,
  };
  const message = { data: original.data, attributes: { ...original.attributes, ...origin } };
  return fitsTopic(message) ? message : undefined;
}

function originOf({ messageId, publishTime, attributes }: Message) {
  return {
    [DEAD_LETTER_ATTRIBUTES.messageId]: attributes[DEAD_LETTER_ATTRIBUTES.messageId] ?? messageId,
    [DEAD_LETTER_ATTRIBUTES.publishTime]:
      attributes[DEAD_LETTER_ATTRIBUTES.publishTime] ?? rfc3339(publishTime),
  };
}

function plainOriginal({ data, attributes }: Message): OutgoingMessage {
  return { data, attributes: withoutOurs(attributes) };
}

/**
 * For a message that with our attributes would break a limit: one line of JSON with its own, then its data,
 * compressed.
 */
function pack(data: Uint8Array, attributes: Readonly<Record<string, string>>): Uint8Array {
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(attributes)}\n`), data]));
}

function unpack(packed: Uint8Array): OutgoingMessage | undefined {
  try {
    const bytes = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
    const lineEnd = bytes.indexOf(NEWLINE);
    const attributes: unknown = JSON.parse(bytes.toString('utf8', 0, lineEnd));
    return isAttributes(attributes) ? { data: bytes.subarray(lineEnd + 1), attributes } : undefined;
  } catch {
    // Not what `pack` made, whatever its attributes say.
    return undefined;
  }
}

/**
 * For a message that is too large even packed: its data in pieces, each with all the attributes and its
 * number.
 */
function cut({ data, attributes }: OutgoingMessage): OutgoingMessage[] {
  const count = Math.ceil(data.length / PART_BYTES);
  return Array.from({ length: count }, (_, index) => ({
    data: data.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
    attributes: { ...attributes, [DEAD_LETTER_ATTRIBUTES.part]: `${index + 1}/${count}` },
  }));
}

function isAttributes(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function withoutOurs(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !OURS.has(key)));
}

function fitsTopic(message: OutgoingMessage): boolean {
  const keys = Object.keys(message.attributes);
  return keys.length <= MAX_ATTRIBUTES && !keys.some((key) => RESERVED.test(key)) && fitsRequest(message);
}

/** The beginning of a text that has at most so many bytes in UTF-8, without half a character at its end. */
function cutToBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

function rfc3339({ seconds, nanos }: Instant): string {
  const second = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${second}.${String(nanos).padStart(9, '0')}Z`;
}
