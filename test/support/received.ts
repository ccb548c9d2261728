import { protos } from '@google-cloud/pubsub';
import { readResponse, type ReceivedMessage } from '../../src/pubsub/received-message.ts';
import type { AckId } from '../../src/pubsub/ack-request.ts';

const { StreamingPullResponse } = protos.google.pubsub.v1;

/** Messages as a response of the stream brings them. */
export function receivedMessages(
  received: readonly protos.google.pubsub.v1.IReceivedMessage[],
): ReceivedMessage[] {
  return readResponse(encodedResponse(received));
}

/** A response of the stream, as bytes. */
export function encodedResponse(received: readonly protos.google.pubsub.v1.IReceivedMessage[]): Buffer {
  return Buffer.from(StreamingPullResponse.encode({ receivedMessages: [...received] }).finish());
}

/** An ack id as it will stand in a request. */
export function ackIdText(ackId: AckId): string {
  const bytes = Buffer.alloc(ackId.ackIdBytes);
  ackId.copyAckId(bytes, 0);
  return bytes.toString();
}
