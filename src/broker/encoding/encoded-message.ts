import { WireReader } from '../../protobuf/wire.ts';
import { checkRange, LIMITS } from '../limits.ts';
import { invalid } from '../refusal.ts';

/**
 * A protobuf-encoded PubsubMessage: it lies in `bytes` from `start` to `end`, among others. Never changed.
 */
export interface EncodedMessage {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Field numbers of PubsubMessage; an attribute is a message of its own with key 1 and value 2. */
export const FIELDS = { data: 1, attributes: 2, messageId: 3, publishTime: 4, orderingKey: 5 } as const;

const ENTRY = { key: 1, value: 2 };

/** Field numbers of a google.protobuf.Timestamp. */
const TIME = { seconds: 1, nanos: 2 };

export function messageBytes(message: EncodedMessage): number {
  return message.end - message.start;
}

/**
 * Checks a message that a publisher sent, and returns it without the fields that only the server sets. Throws
 * `Refusal` INVALID_ARGUMENT beyond the service's limits, and for a message of neither data nor attributes.
 */
export function acceptMessage(message: EncodedMessage): EncodedMessage {
  const { bytes, start, end } = message;
  const fields = new WireReader().read(bytes, start, end);
  const entry = new WireReader();
  let dataBytes = 0;
  let attributes = 0;
  let stamped = false;
  while (fields.next()) {
    if (fields.field === FIELDS.data) {
      dataBytes = fields.position - fields.start;
    } else if (fields.field === FIELDS.attributes) {
      checkAttribute(entry.enter(fields));
      attributes += 1;
    } else {
      stamped ||= isStamp(fields.field);
    }
  }
  if (dataBytes === 0 && attributes === 0) throw emptyMessage();
  checkRange('message_size', end - start, 0, LIMITS.messageBytes);
  checkRange('attributes_count', attributes, 0, LIMITS.attributes);
  return stamped ? withoutStamp(message) : message;
}

/** A copy without message id and publish time. */
export function withoutStamp({ bytes, start, end }: EncodedMessage): EncodedMessage {
  const fields = new WireReader().read(bytes, start, end);
  const kept: Buffer[] = [];
  for (let from = start; fields.next(); from = fields.position)
    if (!isStamp(fields.field)) kept.push(bytes.subarray(from, fields.position));
  const copy = Buffer.concat(kept);
  return { bytes: copy, start: 0, end: copy.length };
}

/** The ordering key of a message; empty if it has none. */
export function orderingKeyOf({ bytes, start, end }: EncodedMessage): string {
  const fields = new WireReader().read(bytes, start, end);
  let key = '';
  while (fields.next()) if (fields.field === FIELDS.orderingKey) key = fields.text();
  return key;
}

/** When a message was published, in milliseconds of Unix time; 0 if it does not say. */
export function publishTimeMs({ bytes, start, end }: EncodedMessage): number {
  const fields = new WireReader().read(bytes, start, end);
  while (fields.next())
    if (fields.field === FIELDS.publishTime) return timestampMs(new WireReader().enter(fields));
  return 0;
}

function timestampMs(fields: WireReader): number {
  let timeMs = 0;
  while (fields.next()) timeMs += fields.field === TIME.seconds ? fields.number * 1_000 : fields.number / 1e6;
  return timeMs;
}

function isStamp(field: number): boolean {
  return field === FIELDS.messageId || field === FIELDS.publishTime;
}

function checkAttribute(entry: WireReader): void {
  let keyBytes = 0;
  while (entry.next()) {
    const length = entry.position - entry.start;
    if (entry.field === ENTRY.key) {
      keyBytes = length;
      checkRange('attribute_key_size', length, 0, LIMITS.attributeKeyBytes);
    } else if (entry.field === ENTRY.value) {
      checkRange('attribute_value_size', length, 0, LIMITS.attributeValueBytes);
    }
  }
  if (keyBytes === 0) throw invalid('The request contains an attribute key that is not valid (key=).');
}

function emptyMessage(): Error {
  return invalid(
    'Some messages in the publish request are empty. Each message must contain either non-empty data, or at least ' +
      'one attribute.',
  );
}
