import { acceptMessage, type EncodedMessage } from './encoded-message.ts';
import { checkRange, checkRequestBytes, LIMITS } from '../limits.ts';
import { lengthDelimited, WireReader } from './wire.ts';

/** A PublishRequest whose messages were checked; they still lie in the request's bytes. */
export interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly EncodedMessage[];
}

const TOPIC = lengthDelimited(1);
const MESSAGE = lengthDelimited(2);

/** Reads a request. Throws `Refusal`: then nothing of it may be published. */
export function readPublishRequest(bytes: Buffer): PublishRequest {
  checkRequestBytes(bytes.length, LIMITS.publishBytes);
  const reader = new WireReader(bytes);
  const messages: EncodedMessage[] = [];
  let topic = '';
  while (!reader.done) {
    const tag = reader.varint();
    if (tag === MESSAGE) {
      const start = reader.enter();
      messages.push(acceptMessage({ bytes, start, end: reader.position }));
    } else if (tag === TOPIC) {
      topic = reader.text();
    } else {
      reader.skip(tag);
    }
  }
  checkRange('message_count', messages.length, 1, LIMITS.publishMessages);
  return { topic, messages };
}
