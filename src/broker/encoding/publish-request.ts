import { WireReader } from '../../protobuf/wire.ts';
import { checkRange, checkRequestBytes, LIMITS } from '../limits.ts';
import { acceptMessage, type EncodedMessage } from './encoded-message.ts';

/** A PublishRequest whose messages were checked; they still lie in the request's bytes. */
export interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly EncodedMessage[];
}

const REQUEST = { topic: 1, messages: 2 };

/** Reads a request. Throws `Refusal`: then nothing of it may be published. */
export function readPublishRequest(bytes: Buffer): PublishRequest {
  checkRequestBytes(bytes.length, LIMITS.publishBytes);
  const fields = new WireReader().read(bytes, 0, bytes.length);
  const messages: EncodedMessage[] = [];
  let topic = '';
  while (fields.next()) {
    if (fields.field === REQUEST.messages)
      messages.push(acceptMessage({ bytes, start: fields.start, end: fields.position }));
    else if (fields.field === REQUEST.topic) topic = fields.text();
  }
  checkRange('message_count', messages.length, 1, LIMITS.publishMessages);
  return { topic, messages };
}
