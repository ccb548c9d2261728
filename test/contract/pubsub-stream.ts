import type { protos } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import type { StreamingPull } from '../../src/pubsub/client.ts';

type Received = protos.google.pubsub.v1.IReceivedMessage;

/** A stream as a test sees it: everything that came, and how it ended. */
export class PullingStream {
  readonly received: Received[] = [];
  /** Responses without messages. */
  emptyResponses = 0;
  /** What the server said last of the subscription. */
  properties: protos.google.pubsub.v1.StreamingPullResponse.ISubscriptionProperties | undefined;
  /** Name of the status that it ended with. */
  readonly ended: Promise<string>;
  readonly #call: StreamingPull;

  constructor(call: StreamingPull) {
    this.#call = call;
    call.on('data', (response: protos.google.pubsub.v1.IStreamingPullResponse) => {
      const { receivedMessages, subscriptionProperties } = response;
      this.properties = subscriptionProperties ?? this.properties;
      this.received.push(...(receivedMessages ?? []));
      if (!receivedMessages?.length) this.emptyResponses += 1;
    });
    // The status says the same.
    call.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      call.on('status', ({ code }) => {
        resolve(status[code]);
      });
    });
  }

  get texts(): string[] {
    return this.received.map(({ message }) => Buffer.from(message?.data ?? '').toString());
  }

  ackIds(from = 0, to = Infinity): string[] {
    return this.received.slice(from, to).map(({ ackId }) => ackId ?? '');
  }

  write(request: protos.google.pubsub.v1.IStreamingPullRequest): void {
    this.#call.write(request);
  }

  /** Says that no more requests will come. */
  halfClose(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }
}
