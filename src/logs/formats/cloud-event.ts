import type { LogEntry } from '../entry.ts';
import { messageTime } from '../event-time.ts';
import { keepForColumn, keepSpelling, withExactNumbers } from '../exact-json.ts';
import { identify } from '../identity.ts';
import type { JsonObject } from '../json.ts';
import { isDeeperThan, rejectDepth } from '../json.ts';
import type { Message } from '../message.ts';
import { attributeOf, ATTRIBUTES } from '../message.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import { isRejection, rejectUnicode } from '../rejection.ts';
import { serviceOfMessage } from '../service-name.ts';
import { tagsOf } from '../tags.ts';
import type { Contents, Format, Wrapping } from './format.ts';

const MAX_DATA_LEVELS = 100;

/**
 * A CloudEvent in structured mode: `{"specversion", "id", "source", "type", "time", "data" or
 * "data_base64"}`. It is the same as one in binary mode, whose attributes are those of the message. What it
 * says about its data is kept in the tag `cloudEvent`.
 */
export const cloudEvent: Wrapping = {
  matches: ({ specversion, id, source, type }) =>
    typeof specversion === 'string' &&
    typeof id === 'string' &&
    typeof source === 'string' &&
    typeof type === 'string',
  open(record, { text, message }): Contents | Rejection {
    if (isDeeperThan(record, MAX_DATA_LEVELS)) return rejectDepth('data', MAX_DATA_LEVELS);
    const { data, data_base64: base64 } = withExactNumbers(record, text, keepSpelling);
    if (typeof data === 'string' && !data.isWellFormed()) return rejectUnicode('data');
    const context = {
      ...withExactNumbers(record, text, keepForColumn),
      data: undefined,
      data_base64: undefined,
    };
    return {
      message: { ...binaryMode(message, context), data: bytesOf(data, base64) },
      around: { cloudEvent: context },
    };
  },
};

function binaryMode(message: Message, context: JsonObject): Omit<Message, 'data'> {
  const { messageId, publishTime } = message;
  const attributes = { ...message.attributes };
  for (const [name, value] of Object.entries(context))
    if (typeof value === 'string') attributes[`ce-${name}`] = value;
  return { messageId, publishTime, attributes };
}

function bytesOf(data: unknown, base64: unknown): Uint8Array {
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (data === undefined || data === null) return new Uint8Array();
  return Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
}

/** Whether a message is a CloudEvent in binary mode. */
export function isCloudEvent(message: Message): boolean {
  return (
    attributeOf(message, ATTRIBUTES.cloudEventVersion) !== undefined &&
    attributeOf(message, ATTRIBUTES.cloudEventId) !== undefined
  );
}

/** The data of a CloudEvent that is a JSON object of none of the formats: its text is the payload. */
export const cloudEventData: Format = {
  matches: (_record, { message }) => isCloudEvent(message),
  decode: (record, origin) =>
    isDeeperThan(record, MAX_DATA_LEVELS)
      ? rejectDepth('data', MAX_DATA_LEVELS)
      : entryOfText(JSON.stringify(withExactNumbers(record, origin.text, keepSpelling)), origin),
};

/** A CloudEvent whose data is text of any kind, or nothing: then its type is the payload. */
export function entryOfText(text: string, origin: Origin): LogEntry | Rejection {
  const { message } = origin;
  const payload = text.trim() === '' ? (attributeOf(message, 'ce-type') ?? '') : text;
  if (!payload.isWellFormed()) return rejectUnicode('data');
  const timestamp = messageTime(message);
  if (isRejection(timestamp)) return timestamp;
  const serviceName = serviceOfMessage(origin);
  if (isRejection(serviceName)) return serviceName;
  const context = { cloudEvent: contextOf(message) };
  const tags = tagsOf(context, { ...origin, text: '', around: undefined }, (fields) => ({
    ...fields,
    ...origin.around?.members,
  }));
  if (isRejection(tags)) return tags;
  return { timestamp, eventId: identify(origin, serviceName), serviceName, severity: 'info', payload, tags };
}

/** The context attributes of a CloudEvent in binary mode. */
function contextOf({ attributes }: Message): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      name.startsWith('ce-') ? [[name.slice(3), value]] : [],
    ),
  );
}
