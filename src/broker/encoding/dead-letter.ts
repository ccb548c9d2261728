import { encodeField } from '../../protobuf/wire.ts';
import { splitName } from '../names.ts';
import { type EncodedMessage, FIELDS, publishTimeMs, withoutStamp } from './encoded-message.ts';

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
