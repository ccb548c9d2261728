import type { protos } from '@google-cloud/pubsub';
import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../pipeline/ports.ts';
import type { Consumer, Dispatcher } from '../delivery/dispatcher.ts';
import type { DeliveryLease, Holder } from '../delivery/leases.ts';
import type { Subscription } from '../delivery/subscription.ts';
import type { AckIds } from '../encoding/ack-ids.ts';
import { encodeProperties, encodeReceivedMessages } from '../encoding/received-messages.ts';
import { checkAckIds } from '../limits.ts';
import { type FailedStatus, invalid } from '../refusal.ts';
import { moveDeadlines } from './settling.ts';

export type StreamingPullRequest = protos.google.pubsub.v1.IStreamingPullRequest;
export type StreamingPullCall = ServerDuplexStream<StreamingPullRequest, Buffer>;

/** What a stream reads from. */
export interface PullSource {
  readonly subscription: Subscription;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

const RESPONSE_MESSAGES = 1_000;
/** Responses that may be on their way into the connection: one being sent, one ready. */
const MAX_UNSENT = 2;

/**
 * One open StreamingPull call: takes what its limits and its connection allow; settles what its requests say.
 */
export class StreamConsumer implements Consumer {
  readonly holder: Holder = { messages: 0, bytes: 0 };
  ackDeadlineSeconds: number;
  readonly #call: StreamingPullCall;
  readonly #source: PullSource;
  readonly #properties: Buffer;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #answersKeepAlives: boolean;
  #muted = false;
  #unsent = 0;
  #ended = false;

  /** Opens the stream with its first request. Throws `Refusal`. */
  constructor(call: StreamingPullCall, source: PullSource, first: StreamingPullRequest) {
    checkDeadline(first.streamAckDeadlineSeconds ?? 0);
    this.ackDeadlineSeconds = first.streamAckDeadlineSeconds ?? 0;
    this.#maxMessages = limit(first.maxOutstandingMessages);
    this.#maxBytes = limit(first.maxOutstandingBytes);
    this.#answersKeepAlives = Number(first.protocolVersion) >= 1;
    this.#properties = encodeProperties(source.subscription);
    this.#call = call;
    this.#source = source;
    this.#settle(first);
    call.sendMetadata(new Metadata());
    source.dispatcher.join(this);
  }

  portion() {
    const maxMessages = Math.min(RESPONSE_MESSAGES, this.#maxMessages - this.holder.messages);
    const maxBytes = this.#maxBytes - this.holder.bytes;
    if (this.#unsent >= MAX_UNSENT || maxMessages <= 0 || maxBytes <= 0) return undefined;
    return { maxMessages, maxBytes };
  }

  deliver(leases: readonly DeliveryLease[]): void {
    if (this.#ended) return;
    const { subscription, dispatcher } = this.#source;
    if (this.#muted) return;
    this.#unsent += 1;
    const response = encodeReceivedMessages(
      leases,
      subscription.ackIds,
      subscription.deadLetterRule !== undefined,
    );
    const properties = this.#properties;
    this.#call.write(properties.length > 0 ? Buffer.concat([response, properties]) : response, () => {
      this.#unsent -= 1;
      dispatcher.schedule();
    });
  }

  /** A further request of the client. Throws `Refusal`. */
  update(request: StreamingPullRequest): void {
    if (this.#ended) return;
    if (request.subscription) throw invalid('subscription may only be set in first message');
    if (Number(request.maxOutstandingMessages) > 0 || Number(request.maxOutstandingBytes) > 0) {
      throw invalid('outstanding limits may only be set in first message');
    }
    if (request.streamAckDeadlineSeconds) {
      checkDeadline(request.streamAckDeadlineSeconds);
      this.ackDeadlineSeconds = request.streamAckDeadlineSeconds;
    }
    this.#settle(request);
    if (isKeepAlive(request) && this.#answersKeepAlives && !this.#muted) this.#call.write(Buffer.alloc(0));
  }

  /** Says nothing any more, while the connection goes on: what it takes is leased and never arrives. */
  mute(): void {
    this.#muted = true;
  }

  /** The client ended it, or is gone. Its leases stay until they expire. */
  leave(): void {
    this.#ended = true;
    this.#source.dispatcher.leave(this);
  }

  end(failed: FailedStatus): void {
    this.leave();
    endStream(this.#call, failed);
  }

  #settle(request: StreamingPullRequest): void {
    const { ackIds: acked, modifyDeadlineAckIds: modified, modifyDeadlineSeconds: seconds } = request;
    checkAckIds(acked, modified);
    if (modified?.length !== seconds?.length) {
      throw invalid('ack IDs and deadlines must have the same size');
    }
    const { subscription, clock } = this.#source;
    if (acked?.length) subscription.ack(readAckIds(acked, subscription.ackIds), clock.now());
    for (const [index, ackId] of (modified ?? []).entries()) {
      moveDeadlines(this.#source, [ackId], seconds?.[index] ?? 0);
    }
  }
}

/** Ends a call with a status other than OK, after what was written already. */
export function endStream(call: StreamingPullCall, { code, details }: FailedStatus): void {
  call.emit('error', { code, details });
}

/** A request that says nothing. */
function isKeepAlive(request: StreamingPullRequest): boolean {
  const { ackIds, modifyDeadlineAckIds, streamAckDeadlineSeconds } = request;
  return !ackIds?.length && !modifyDeadlineAckIds?.length && !streamAckDeadlineSeconds;
}

function readAckIds(ackIds: readonly string[], format: AckIds): number[] {
  return ackIds.map((ackId) => format.parse(ackId)).filter((number) => number !== undefined);
}

function checkDeadline(seconds: number): void {
  if (seconds < 10 || seconds > 600) {
    throw invalid('stream_ack_deadline_seconds must be between 10 and 600 seconds');
  }
}

/** Zero or less is no limit. */
function limit(value: unknown): number {
  return Number(value) > 0 ? Number(value) : Infinity;
}
