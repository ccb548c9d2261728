import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type Backoff, backoffMs } from '../pipeline/backoff.ts';
import { pause, unlessAborted } from '../pipeline/clock.ts';
import type { Clock, Log } from '../pipeline/ports.ts';
import { retry } from '../pipeline/retry.ts';
import { type AckFailures, ackFailures } from './ack-failures.ts';
import {
  type AckId,
  ackIdFieldBytes,
  ackIdText,
  acknowledgeRequest,
  modifyDeadlineRequest,
} from './ack-request.ts';
import { type PubSubClients, routedBy } from './client.ts';
import { isTransient, pubsubError } from './errors.ts';
import type { SubscriptionProperties } from './received-message.ts';

/**
 * Pub/Sub refuses a request over 524,288 bytes whole. Ack ids have about 200 bytes; an emulator's are
 * shorter.
 */
const MAX_REQUEST_BYTES = 480_000;
const MAX_REQUEST_IDS = 1_000;
/** What is refused of these, each by its id, fits into the 64 KiB of headers that an HTTP/2 client takes. */
const MAX_EXACTLY_ONCE_IDS = 150;
const CALL_TIMEOUT_MS = 10_000;
const MAX_TRIES = 8;
const BACKOFF: Backoff = { baseMs: 100, capMs: 3_000 };

/**
 * The methods of the service, as
 * https://github.com/googleapis/googleapis/blob/master/google/pubsub/v1/pubsub.proto names them.
 */
const ACKNOWLEDGE = '/google.pubsub.v1.Subscriber/Acknowledge';
const MODIFY_DEADLINE = '/google.pubsub.v1.Subscriber/ModifyAckDeadline';

export interface AcknowledgerParts {
  readonly clients: Pick<PubSubClients, 'subscriberStub' | 'reconnectSubscriber'>;
  /** Full name of the subscription. */
  readonly subscription: string;
  /**
   * A call that is not answered within this time has failed, and its connection is given up. Default 10,000.
   */
  readonly callTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is said of a lease that is over. */
const LEASE_OVER = 'the lease is over: the messages come again';

/** What is asked of the service for some messages. */
interface Action {
  /** As log lines name it: `acknowledge`. */
  readonly name: string;
  readonly call: (ackIds: readonly AckId[]) => Promise<void>;
}

/** A request of an action. */
interface Request {
  readonly action: Action;
  readonly ackIds: readonly AckId[];
  /** How often some of these messages were put off by the server. */
  readonly attempts: number;
}

/**
 * Acknowledges and extends by unary calls: unlike on the stream, each is confirmed by an answer. The calls
 * are made without the client library's layer, for the ids lie ready as bytes; its own retry would hide what
 * happens, too: ours is logged and can be cut short.
 */
export class Acknowledger {
  /** What is known of the subscription. */
  properties: SubscriptionProperties = { exactlyOnce: false, ordered: false };
  readonly #clients: AcknowledgerParts['clients'];
  readonly #subscription: string;
  readonly #metadata: Metadata;
  readonly #callTimeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closed = new AbortController();
  /** Settled when the last request of an ordered subscription is confirmed or given up. */
  #turn: Promise<unknown> = Promise.resolve();

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
    const call = (ids: readonly AckId[]) =>
      this.#call(ACKNOWLEDGE, acknowledgeRequest(this.#subscription, ids));
    return this.#inRequests({ name: 'acknowledge', call }, ackIds);
  }

  /** Sets the deadlines to `seconds` from now; 0 gives the messages back. As `acknowledge` otherwise. */
  modifyDeadline(ackIds: readonly AckId[], seconds: number): Promise<number> {
    const call = (ids: readonly AckId[]) =>
      this.#call(MODIFY_DEADLINE, modifyDeadlineRequest(this.#subscription, ids, seconds));
    return this.#inRequests({ name: seconds === 0 ? 'release' : 'extend', call }, ackIds);
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

  async #inRequests(action: Action, ackIds: readonly AckId[]): Promise<number> {
    const { exactlyOnce } = this.properties;
    const requests = inRequests(ackIds, exactlyOnce ? MAX_EXACTLY_ONCE_IDS : MAX_REQUEST_IDS);
    const confirmed = requests.map((ids) => this.#try({ action, ackIds: ids, attempts: 0 }));
    return (await Promise.all(confirmed)).reduce((sum, count) => sum + count, 0);
  }

  /**
   * Of an ordered subscription, one request is confirmed after the other, in the order in which they are
   * asked for.
   */
  #inTurn(confirm: () => Promise<void>): Promise<void> {
    if (!this.properties.ordered) return confirm();
    const confirmed = this.#turn.then(confirm);
    this.#turn = confirmed.catch(() => undefined);
    return confirmed;
  }

  /** Resolves to how many ids the server confirmed. */
  async #try(request: Request): Promise<number> {
    const { action, ackIds } = request;
    const { signal } = this.#closed;
    let failures: AckFailures = new Map();
    const onFailure = (error: unknown, attempt: number, last: boolean) => {
      failures = ackFailures(error);
      if (failures.size > 0) return;
      const reason = pubsubError(error, `${action.name} messages of ${this.#subscription}`).message;
      this.#notConfirmed(action, { messages: ackIds.length, attempt, reason }, last);
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
      await this.#inTurn(() => retry(() => unlessAborted(() => action.call(ackIds), signal), policy));
      return ackIds.length;
    } catch {
      // `onFailure` has logged it.
      return failures.size === 0 ? 0 : this.#tryRest(request, failures);
    }
  }

  /**
   * Some of a request were refused each for itself: of those, the ones whose lease is over are lost. The
   * server puts the others off for as long as it needs, for an earlier message of the same ordering key to be
   * acknowledged, say. Those that it does not name are done.
   */
  async #tryRest({ action, ackIds, attempts }: Request, failures: AckFailures): Promise<number> {
    const fates = Map.groupBy(ackIds, (ackId) => failures.get(ackIdText(ackId)) ?? 'done');
    const { over = [], later = [], done = [] } = Object.fromEntries(fates);
    // Ids were refused, and none of them is ours: nothing is known of what became of ours.
    if (done.length === ackIds.length) return 0;
    if (over.length > 0)
      this.#notConfirmed(action, { messages: over.length, attempt: attempts, reason: LEASE_OVER }, true);
    if (later.length === 0) return done.length;
    this.#log.debug({ messages: later.length, attempt: attempts }, `${action.name}: put off by the server`);
    try {
      await pause(this.#clock, backoffMs(attempts, BACKOFF), this.#closed.signal);
    } catch {
      return done.length;
    }
    return done.length + (await this.#try({ action, ackIds: later, attempts: attempts + 1 }));
  }

  #notConfirmed({ name }: Action, fields: object, last: boolean): void {
    this.#log[last ? 'warn' : 'debug'](fields, `${name}: not confirmed`);
  }
}

/** Cuts a list of ack ids into requests that the service takes. */
export function inRequests(ackIds: readonly AckId[], maxIds = MAX_REQUEST_IDS): AckId[][] {
  const requests: AckId[][] = [];
  let open: AckId[] = [];
  let bytes = 0;
  for (const ackId of ackIds) {
    const idBytes = ackIdFieldBytes(ackId);
    if (open.length === maxIds || (open.length > 0 && bytes + idBytes > MAX_REQUEST_BYTES)) {
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
