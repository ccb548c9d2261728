import { type EncodedMessage, FIELDS, withoutStamp } from './encoded-message.ts';
import { splitName } from '../names.ts';
import { encodeField, lengthDelimited, WireReader } from './wire.ts';

/** Where a dead letter comes from. */
export interface DeadLetterOrigin {
  /** Full name of the subscription. */
  readonly subscription: string;
  /** How many times it was delivered in vain. */
  readonly attempts: number;
}

/** A copy to publish to a dead-letter topic: the message with the attributes that the service adds. */
export function deadLetter(
  message: EncodedMessage,
  { subscription, attempts }: DeadLetterOrigin,
): EncodedMessage {
  const { project, id } = splitName(subscription);
  const original = withoutStamp(message);
  const bytes = Buffer.concat([
    original.bytes.subarray(original.start, original.end),
    attribute('CloudPubSubDeadLetterSourceDeliveryCount', String(attempts)),
    attribute('CloudPubSubDeadLetterSourceSubscription', id),
    attribute('CloudPubSubDeadLetterSourceSubscriptionProject', project),
    attribute('CloudPubSubDeadLetterSourceTopicPublishTime', new Date(publishTimeMs(message)).toISOString()),
  ]);
  return { bytes, start: 0, end: bytes.length };
}

function attribute(key: string, value: string): Buffer {
  const entry = Buffer.concat([encodeField(1, Buffer.from(key)), encodeField(2, Buffer.from(value))]);
  return encodeField(FIELDS.attributes, entry);
}

function publishTimeMs({ bytes, start, end }: EncodedMessage): number {
  const reader = new WireReader(bytes, start, end);
  while (!reader.done) {
    const tag = reader.varint();
    if (tag !== lengthDelimited(FIELDS.publishTime)) {
      reader.skip(tag);
      continue;
    }
    const from = reader.enter();
    return timestampMs(new WireReader(bytes, from, reader.position));
  }
  return 0;
}

function timestampMs(reader: WireReader): number {
  let timeMs = 0;
  while (!reader.done) {
    const field = reader.varint() >> 3;
    const value = reader.varint();
    timeMs += field === 1 ? value * 1_000 : value / 1e6;
  }
  return timeMs;
}
