import { protos } from '@google-cloud/pubsub';
import type { EncodedMessage } from '../../src/broker/encoding/encoded-message.ts';

const { PubsubMessage } = protos.google.pubsub.v1;

/** The client library's own encoding, to hold ours against. */
export const { PublishRequest, PublishResponse, PullResponse, AcknowledgeRequest } = protos.google.pubsub.v1;

export function encoded(fields: protos.google.pubsub.v1.IPubsubMessage): EncodedMessage {
  const bytes = Buffer.from(PubsubMessage.encode(fields).finish());
  return { bytes, start: 0, end: bytes.length };
}

export function decoded({ bytes, start, end }: EncodedMessage) {
  return PubsubMessage.decode(bytes.subarray(start, end));
}

/** A message that consists of a text. */
export function textMessage(text: string): EncodedMessage {
  return encoded({ data: Buffer.from(text) });
}

export function textOf(message: EncodedMessage): string {
  return Buffer.from(decoded(message).data).toString();
}
