import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Backoff } from '../pipeline/backoff.ts';
import { unlessAborted } from '../pipeline/clock.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { retry } from '../pipeline/retry.ts';
import { type PubSubClients, routedBy } from './client.ts';
import { isTransient, pubsubError } from './errors.ts';
import { type AckId, acknowledgeRequest, ackIdFieldBytes, modifyDeadlineRequest } from './ack-request.ts';

/** Pub/Sub refuses a request over 524,288 bytes whole. Ack ids have about 200 bytes; an emulator's are shorter. */
const MAX_REQUEST_BYTES = 480_000;
const MAX_REQUEST_IDS = 1_000;
const CALL_TIMEOUT_MS = 10_000;
const MAX_TRIES = 8;
const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };

/** The methods of the service, as https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub.proto names them. */
const ACKNOWLEDGE = '/google.pubsub.v1.Subscriber/Acknowledge';
const MODIFY_DEADLINE = '/google.pubsub.v1.Subscriber/ModifyAckDeadline';

export interface AcknowledgerParts {
  readonly clients: Pick<PubSubClients, 'subscriberStub' | 'reconnectSubscriber'>;
  /** Full name of the subscription. */
  readonly subscription: string;
  /** A call that is not answered within this time has failed, and its connection is given up. Default 10,000. */
  readonly callTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

type Call = (ackIds: readonly AckId[]) => Promise<void>;

/**
 * Acknowledges and extends by unary calls: unlike on the stream, each is confirmed by an answer. The calls are made without the
 * client library's layer, for the ids lie ready as bytes; its own retry would hide what happens, too: ours is logged and can be
 * cut short.
 */
export class Acknowledger {
  readonly #clients: AcknowledgerParts['clients'];
  readonly #subscription: string;
  readonly #metadata: Metadata;
  readonly #callTimeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closed = new AbortController();

  constructor({ clients, subscription, callTimeoutMs = CALL_TIMEOUT_MS, clock, log }: AcknowledgerParts) {
    this.#clients = clients;
    this.#subscription = subscription;
    this.#callTimeoutMs = callTimeoutMs;
    this.#clock = clock;
    this.#log = log;
    this.#metadata = routedBy(subscription);
  }

  /** Resolves to how many ids the server confirmed. Never rejects. */
  acknowledge(ackIds: readonly AckId[]): Promise<number> {
    return this.#inRequests('acknowledge', ackIds, (ids) =>
      this.#call(ACKNOWLEDGE, acknowledgeRequest(this.#subscription, ids)),
    );
  }

  /** Sets the deadlines to `seconds` from now; 0 gives the messages back. As `acknowledge` otherwise. */
  modifyDeadline(ackIds: readonly AckId[], seconds: number): Promise<number> {
    return this.#inRequests(seconds === 0 ? 'release' : 'extend', ackIds, (ids) =>
      this.#call(MODIFY_DEADLINE, modifyDeadlineRequest(this.#subscription, ids, seconds)),
    );
  }

  /** No further try is begun, and none under way is waited for: its ids are not confirmed. */
  close(): void {
    this.#closed.abort(new Error('the source is closed'));
  }

  /** Resolves to the answer, which says nothing; rejects with gRPC's `ServiceError`. */
  async #call(path: string, request: Buffer): Promise<void> {
    const stub = await this.#clients.subscriberStub();
    const options = { deadline: Date.now() + this.#callTimeoutMs };
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const ended = (error: ServiceError | null) => {
      if (error?.code === status.DEADLINE_EXCEEDED) this.#clients.reconnectSubscriber(stub);
      if (error) reject(error);
      else resolve(undefined);
    };
    stub.makeUnaryRequest(path, asItIs, nothing, request, this.#metadata, options, ended);
    return promise;
  }

  async #inRequests(doing: string, ackIds: readonly AckId[], call: Call): Promise<number> {
    const confirmed = await Promise.all(inRequests(ackIds).map((ids) => this.#try(doing, ids, call)));
    return confirmed.reduce((sum, count) => sum + count, 0);
  }

  async #try(doing: string, ackIds: readonly AckId[], call: Call): Promise<number> {
    const { signal } = this.#closed;
    const onFailure = (error: unknown, attempt: number, last: boolean) => {
      const reason = pubsubError(error, `${doing} messages of ${this.#subscription}`).message;
      const fields = { messages: ackIds.length, attempt, reason };
      this.#log[last ? 'warn' : 'debug'](fields, `${doing}: not confirmed`);
    };
    const policy = {
      backoff: BACKOFF,
      isTransient,
      maxTries: MAX_TRIES,
      signal,
      clock: this.#clock,
      onFailure,
    };
    try {
      await retry(() => unlessAborted(() => call(ackIds), signal), policy);
      return ackIds.length;
    } catch {
      // `onFailure` has told it.
      return 0;
    }
  }
}

/** Cuts a list of ack ids into requests that the service takes. */
export function inRequests(ackIds: readonly AckId[]): AckId[][] {
  const requests: AckId[][] = [];
  let open: AckId[] = [];
  let bytes = 0;
  for (const ackId of ackIds) {
    const idBytes = ackIdFieldBytes(ackId);
    if (open.length === MAX_REQUEST_IDS || (open.length > 0 && bytes + idBytes > MAX_REQUEST_BYTES)) {
      requests.push(open);
      open = [];
      bytes = 0;
    }
    open.push(ackId);
    bytes += idBytes;
  }
  if (open.length > 0) requests.push(open);
  return requests;
}

function asItIs(request: Buffer): Buffer {
  return request;
}

function nothing(): undefined {
  return undefined;
}
