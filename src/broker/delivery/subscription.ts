import { AckIds } from '../encoding/ack-ids.ts';
import { type EncodedMessage, messageBytes, publishTimeMs } from '../encoding/encoded-message.ts';
import { Fifo } from './fifo.ts';
import { KeyOrder } from './key-order.ts';
import { type DeliveryLease, type Holder, OpenLeases } from './leases.ts';
import { RetainedMessages } from './retained.ts';

/** How much a holder can take, and until when it gets it. */
export interface Portion {
  readonly maxMessages: number;
  /** A message that is larger than this is handed out if the holder has nothing else. */
  readonly maxBytes: number;
  readonly deadlineMs: number;
}

/** What is handed out at once ends with the message that reaches this size: it becomes one response. */
const RESPONSE_BYTES = 1024 * 1024;

/** Where messages go that were delivered in vain too often. */
export interface DeadLetterRule {
  readonly maxDeliveryAttempts: number;
  /** Publishes a copy; false if the topic does not exist, and the message is kept. */
  readonly forward: (message: EncodedMessage, attempts: number) => boolean;
}

/** What happened to a subscription's messages since it was created. */
export interface SubscriptionCounts {
  /** Deliveries, repeated ones included. */
  delivered: number;
  /** Acks that ended a lease. */
  acked: number;
  /** Acks after the lease had ended: they did nothing. Ack ids that were never given out are not counted. */
  ackedInVain: number;
  nacked: number;
  expired: number;
  deadLettered: number;
}

/** How a subscription treats its messages. */
export interface DeliveryRules {
  readonly deadLetters?: DeadLetterRule | undefined;
  /** Each ack id is answered for. */
  readonly exactlyOnce?: boolean;
  /** Messages of one ordering key are acknowledged in order, and come again together. */
  readonly ordered?: boolean;
  /** For how long a message is retained that was acknowledged; not at all if absent. */
  readonly retainMs?: number | undefined;
}

/** Why a single ack id is refused, as the service says it. */
export type AckRefusal = 'PERMANENT_FAILURE_INVALID_ACK_ID' | 'TRANSIENT_FAILURE_UNORDERED_ACK_ID';

/** What was delivered before and is to be delivered again. */
type Returned = Pick<DeliveryLease, 'message' | 'attempt'>;

/**
 * The messages of one subscription: those that wait, and those that are leased. A state machine without
 * timers or connections: time comes in as `nowMs`, in milliseconds that only grow.
 */
export class Subscription {
  readonly name: string;
  readonly ackIds = new AckIds();
  readonly deadLetterRule: DeadLetterRule | undefined;
  readonly exactlyOnce: boolean;
  /** Called when there may be more to hand out, or more room for it. */
  onChange: () => void = () => undefined;
  readonly counts: SubscriptionCounts = {
    delivered: 0,
    acked: 0,
    ackedInVain: 0,
    nacked: 0,
    expired: 0,
    deadLettered: 0,
  };
  readonly #fresh = new Fifo<EncodedMessage>();
  readonly #returned = new Fifo<Returned>();
  readonly #leases = new OpenLeases();
  readonly #order: KeyOrder | undefined;
  readonly #retained: RetainedMessages | undefined;

  constructor(name: string, rules: DeliveryRules = {}) {
    this.name = name;
    this.deadLetterRule = rules.deadLetters;
    this.exactlyOnce = rules.exactlyOnce === true;
    this.#order = rules.ordered === true ? new KeyOrder() : undefined;
    this.#retained = rules.retainMs === undefined ? undefined : new RetainedMessages(rules.retainMs);
  }

  get ordered(): boolean {
    return this.#order !== undefined;
  }

  /** Messages that wait to be delivered. */
  get waiting(): number {
    return this.#fresh.length + this.#returned.length;
  }

  /** Messages that are leased. */
  get outstanding(): number {
    return this.#leases.count;
  }

  /** No lease expires before this time; `Infinity` when none is open. */
  get earliestExpiryMs(): number {
    return this.#leases.earliestMs;
  }

  /** The messages that nobody has acknowledged: those that are leased, came back, or were not delivered yet. */
  unacknowledged(): EncodedMessage[] {
    const delivered = [...this.#leases.leases(), ...this.#returned.items()].map(({ message }) => message);
    return [...new Set([...delivered, ...this.#fresh.items()])];
  }

  add(messages: readonly EncodedMessage[]): void {
    for (const message of messages) this.#fresh.push(message);
    this.#retained?.add(messages);
    this.onChange();
  }

  /**
   * Seeks to a time: of what is not acknowledged, or retained here or by the topic, all that was published
   * before it counts as acknowledged, and the rest as never delivered. Leases end.
   */
  seek(timeMs: number, retained: readonly EncodedMessage[]): void {
    const all = new Set([...this.unacknowledged(), ...(this.#retained?.messages() ?? []), ...retained]);
    for (const lease of this.#leases.leases()) this.#end(lease);
    this.#fresh.clear();
    this.#returned.clear();
    const inOrder = [...all].map((message) => ({ message, publishedMs: publishTimeMs(message) }));
    inOrder.sort((a, b) => a.publishedMs - b.publishedMs);
    for (const { message, publishedMs } of inOrder) if (publishedMs >= timeMs) this.#fresh.push(message);
    this.onChange();
  }

  /** Leases the next messages to `holder`: those that came back first. May be called again for more. */
  take(holder: Holder, { maxMessages, maxBytes, deadlineMs }: Portion): DeliveryLease[] {
    const taken: DeliveryLease[] = [];
    let bytes = 0;
    while (taken.length < maxMessages && bytes < RESPONSE_BYTES) {
      const message = this.#returned.peek()?.message ?? this.#fresh.peek();
      if (message === undefined) break;
      bytes += messageBytes(message);
      if (bytes > maxBytes && holder.messages > 0) break;
      const returned = this.#returned.shift();
      if (returned === undefined) this.#fresh.shift();
      const lease = this.#leases.grant(message, (returned?.attempt ?? 0) + 1, holder, deadlineMs);
      this.#order?.granted(lease);
      taken.push(lease);
    }
    this.counts.delivered += taken.length;
    return taken;
  }

  /** Delivers these once more, as if the network had doubled them: each copy has a lease of its own. */
  repeat(leases: readonly DeliveryLease[]): void {
    for (const { message, attempt } of leases) this.#returned.push({ message, attempt });
  }

  /** Settles deliveries. What is not leased, or not any more, is passed over. */
  ack(numbers: readonly number[], nowMs: number): void {
    this.expire(nowMs);
    for (const number of numbers) {
      if (this.#leases.end(number)) this.counts.acked += 1;
      else this.counts.ackedInVain += 1;
    }
    this.onChange();
  }

  /**
   * As `ack`, where each delivery is answered for or has an order. Returns why deliveries were refused, by
   * their number.
   */
  ackEach(numbers: readonly number[], nowMs: number): Map<number, AckRefusal> {
    this.expire(nowMs);
    const refusals = new Map<number, AckRefusal>();
    for (const number of numbers.toSorted((one, other) => one - other)) {
      const lease = this.#leases.get(number);
      if (lease === undefined) {
        this.counts.ackedInVain += 1;
        refusals.set(number, 'PERMANENT_FAILURE_INVALID_ACK_ID');
      } else if (this.#order?.hasEarlier(lease) === true) {
        refusals.set(number, 'TRANSIENT_FAILURE_UNORDERED_ACK_ID');
      } else {
        this.#end(lease);
        this.counts.acked += 1;
      }
    }
    this.onChange();
    return refusals;
  }

  isLeased(number: number): boolean {
    return this.#leases.get(number) !== undefined;
  }

  /** Moves the deadline of leases. */
  extend(numbers: readonly number[], deadlineMs: number, nowMs: number): void {
    this.expire(nowMs);
    for (const number of numbers) this.#leases.extend(number, deadlineMs);
    this.onChange();
  }

  /** Ends leases: their messages are to be delivered again at once. */
  nack(numbers: readonly number[], nowMs: number): void {
    this.expire(nowMs);
    for (const number of numbers) {
      const lease = this.#leases.get(number);
      if (lease === undefined) continue;
      this.counts.nacked += 1;
      this.#giveBack(lease);
    }
    this.onChange();
  }

  /** Takes back what was leased until `nowMs` or earlier. `Infinity` takes back everything. */
  expire(nowMs: number): void {
    const expired = this.#leases.expire(nowMs);
    this.counts.expired += expired.length;
    // One may have gone back already, with an earlier one of its key.
    for (const lease of expired) if (this.#leases.get(lease.number)) this.#giveBack(lease);
    if (expired.length > 0) this.onChange();
  }

  #end(lease: DeliveryLease): void {
    this.#leases.end(lease.number);
    this.#order?.ended(lease);
  }

  /** Where there is an order, with all that came after it. */
  #giveBack(lease: DeliveryLease): void {
    const later = this.#order?.later(lease) ?? [];
    for (const returned of [lease, ...later]) {
      this.#end(returned);
      this.#returnOne(returned);
    }
  }

  #returnOne(lease: DeliveryLease): void {
    const rule = this.deadLetterRule;
    const isLast = rule !== undefined && lease.attempt >= rule.maxDeliveryAttempts;
    if (isLast && rule.forward(lease.message, lease.attempt)) this.counts.deadLettered += 1;
    else this.#returned.push({ message: lease.message, attempt: lease.attempt });
  }
}
