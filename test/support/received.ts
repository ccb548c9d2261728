import { protos } from '@google-cloud/pubsub';
import { readResponse, type ReceivedMessage } from '../../src/pubsub/received-message.ts';

const { StreamingPullResponse } = protos.google.pubsub.v1;

/** Messages as a response of the stream brings them. */
export function receivedMessages(
  received: readonly protos.google.pubsub.v1.IReceivedMessage[],
): ReceivedMessage[] {
  return readResponse(
    Buffer.from(StreamingPullResponse.encode({ receivedMessages: [...received] }).finish()),
  );
}
