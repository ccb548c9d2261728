import { type EncodedMessage, messageBytes } from '../encoding/encoded-message.ts';

/** A message handed out: not to be handed out again before it is settled or `deadlineMs` is reached. */
export interface DeliveryLease {
  /** The delivery's number, unique in its subscription: what the ack id says. */
  readonly number: number;
  readonly message: EncodedMessage;
  /** How many times the message was delivered, this time included. */
  readonly attempt: number;
  readonly holder: Holder;
  deadlineMs: number;
}

/** Who messages are handed to, and how much of it is still out: what outstanding limits are compared with. */
export interface Holder {
  messages: number;
  bytes: number;
}

/** The open leases of one subscription. */
export class OpenLeases {
  readonly #open = new Map<number, DeliveryLease>();
  #granted = 0;
  #earliestMs = Infinity;

  get count(): number {
    return this.#open.size;
  }

  /** All that are open, the oldest first. */
  leases(): DeliveryLease[] {
    return [...this.#open.values()];
  }

  /** No lease expires before this time, in the clock's milliseconds; `Infinity` when there is none. */
  get earliestMs(): number {
    return this.#open.size === 0 ? Infinity : this.#earliestMs;
  }

  grant(message: EncodedMessage, attempt: number, holder: Holder, deadlineMs: number): DeliveryLease {
    this.#granted += 1;
    const lease: DeliveryLease = { number: this.#granted, message, attempt, holder, deadlineMs };
    this.#open.set(lease.number, lease);
    this.#earliestMs = Math.min(this.#earliestMs, deadlineMs);
    holder.messages += 1;
    holder.bytes += messageBytes(message);
    return lease;
  }

  get(number: number): DeliveryLease | undefined {
    return this.#open.get(number);
  }

  /** Ends a lease and returns it; undefined if it is not open. */
  end(number: number): DeliveryLease | undefined {
    const lease = this.#open.get(number);
    if (lease === undefined) return undefined;
    this.#open.delete(number);
    lease.holder.messages -= 1;
    lease.holder.bytes -= messageBytes(lease.message);
    return lease;
  }

  /** Moves the deadline of a lease if it is open. */
  extend(number: number, deadlineMs: number): boolean {
    const lease = this.#open.get(number);
    if (lease === undefined) return false;
    lease.deadlineMs = deadlineMs;
    this.#earliestMs = Math.min(this.#earliestMs, deadlineMs);
    return true;
  }

  /** The leases whose deadline is reached: the caller has to end them. */
  expire(nowMs: number): DeliveryLease[] {
    if (nowMs < this.earliestMs) return [];
    const expired: DeliveryLease[] = [];
    this.#earliestMs = Infinity;
    for (const lease of this.#open.values()) {
      if (lease.deadlineMs <= nowMs) expired.push(lease);
      else this.#earliestMs = Math.min(this.#earliestMs, lease.deadlineMs);
    }
    return expired;
  }
}
