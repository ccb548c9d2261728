import { checkRange, LIMITS } from '../limits.ts';
import { invalid } from '../refusal.ts';
import { lengthDelimited, WireReader } from './wire.ts';

/** A protobuf-encoded PubsubMessage: it lies in `bytes` from `start` to `end`, among others. Never changed. */
export interface EncodedMessage {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Field numbers of PubsubMessage; an attribute is a message of its own with key 1 and value 2. */
export const FIELDS = { data: 1, attributes: 2, messageId: 3, publishTime: 4 } as const;

const DATA = lengthDelimited(FIELDS.data);
const ATTRIBUTE = lengthDelimited(FIELDS.attributes);
const MESSAGE_ID = lengthDelimited(FIELDS.messageId);
const PUBLISH_TIME = lengthDelimited(FIELDS.publishTime);
const KEY = lengthDelimited(1);
const VALUE = lengthDelimited(2);

export function messageBytes(message: EncodedMessage): number {
  return message.end - message.start;
}

/**
 * Checks a message that a publisher sent, and returns it without the fields that only the server sets. Throws `Refusal`
 * INVALID_ARGUMENT beyond the service's limits, and for a message of neither data nor attributes.
 */
export function acceptMessage(message: EncodedMessage): EncodedMessage {
  const { bytes, start, end } = message;
  const reader = new WireReader(bytes, start, end);
  let dataBytes = 0;
  let attributes = 0;
  let stamped = false;
  while (!reader.done) {
    const tag = reader.varint();
    if (tag === DATA) {
      const from = reader.enter();
      dataBytes = reader.position - from;
    } else if (tag === ATTRIBUTE) {
      const from = reader.enter();
      checkAttribute(new WireReader(bytes, from, reader.position));
      attributes += 1;
    } else {
      stamped ||= isStamp(tag);
      reader.skip(tag);
    }
  }
  if (dataBytes === 0 && attributes === 0) throw emptyMessage();
  checkRange('message_size', end - start, 0, LIMITS.messageBytes);
  checkRange('attributes_count', attributes, 0, LIMITS.attributes);
  return stamped ? withoutStamp(message) : message;
}

/** A copy without message id and publish time. */
export function withoutStamp({ bytes, start, end }: EncodedMessage): EncodedMessage {
  const reader = new WireReader(bytes, start, end);
  const kept: Buffer[] = [];
  while (!reader.done) {
    const from = reader.position;
    const tag = reader.varint();
    reader.skip(tag);
    if (!isStamp(tag)) kept.push(bytes.subarray(from, reader.position));
  }
  const copy = Buffer.concat(kept);
  return { bytes: copy, start: 0, end: copy.length };
}

function isStamp(tag: number): boolean {
  return tag === MESSAGE_ID || tag === PUBLISH_TIME;
}

function checkAttribute(reader: WireReader): void {
  let keyBytes = 0;
  while (!reader.done) {
    const tag = reader.varint();
    const from = tag === KEY || tag === VALUE ? reader.enter() : undefined;
    if (from === undefined) {
      reader.skip(tag);
      continue;
    }
    const length = reader.position - from;
    if (tag === KEY) keyBytes = length;
    checkRange(
      tag === KEY ? 'attribute_key_size' : 'attribute_value_size',
      length,
      0,
      tag === KEY ? LIMITS.attributeKeyBytes : LIMITS.attributeValueBytes,
    );
  }
  if (keyBytes === 0) throw invalid('The request contains an attribute key that is not valid (key=).');
}

function emptyMessage(): Error {
  return invalid(
    'Some messages in the publish request are empty. Each message must contain either non-empty data, or at least ' +
      'one attribute.',
  );
}
