import { protos } from '@google-cloud/pubsub';
import { readResponse, type ReceivedMessage } from '../../src/pubsub/received-message.ts';

const { StreamingPullResponse } = protos.google.pubsub.v1;

/** Messages as a response of the stream brings them. */
export function receivedMessages(
  received: readonly protos.google.pubsub.v1.IReceivedMessage[],
): readonly ReceivedMessage[] {
  return readResponse(encodedResponse(received)).messages;
}

/** A response of the stream, as bytes. */
export function encodedResponse(received: readonly protos.google.pubsub.v1.IReceivedMessage[]): Buffer {
  return Buffer.from(StreamingPullResponse.encode({ receivedMessages: [...received] }).finish());
}
