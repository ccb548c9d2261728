import type { Delivery } from '../pipeline/ports.ts';
import type { Message } from '../logs/message.ts';

/** What one response of the stream brought: its deliveries were leased at one moment and are extended together. */
interface Grant {
  /** When the lease began or was last extended, in the clock's milliseconds. */
  renewedAtMs: number;
  /** Those not settled yet, and some that are: see `settle`. */
  deliveries: LeasedDelivery[];
  open: number;
}

/** A delivery as the source keeps it. */
export class LeasedDelivery implements Delivery {
  readonly ackId: string;
  readonly receivedAtMs: number;
  readonly bytes: number;
  readonly #message: Message;
  /** Undefined once settled. */
  grant: Grant | undefined;

  constructor(ackId: string, message: Message, bytes: number, grant: Grant) {
    this.ackId = ackId;
    this.receivedAtMs = grant.renewedAtMs;
    this.bytes = bytes;
    this.#message = message;
    this.grant = grant;
  }

  get messageId() {
    return this.#message.messageId;
  }

  get publishTime() {
    return this.#message.publishTime;
  }

  get data() {
    return this.#message.data;
  }

  get attributes() {
    return this.#message.attributes;
  }
}

/** What to lease: a message, its current ack id, and the bytes it is counted with. */
export interface Leasable {
  readonly ackId: string;
  readonly message: Message;
  readonly bytes: number;
}

/**
 * The leases that are held, counted in messages and bytes. One object for each response of the stream, none for a message: settling
 * is a decrement.
 */
export class Leases {
  readonly #grants = new Set<Grant>();
  #messages = 0;
  #bytes = 0;

  /** Messages held: handed over and not settled. */
  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Leases what a response brought. */
  add(leasables: readonly Leasable[], nowMs: number): LeasedDelivery[] {
    const grant: Grant = { renewedAtMs: nowMs, deliveries: [], open: leasables.length };
    for (const { ackId, message, bytes } of leasables) {
      grant.deliveries.push(new LeasedDelivery(ackId, message, bytes, grant));
      this.#bytes += bytes;
    }
    this.#messages += leasables.length;
    this.#grants.add(grant);
    return [...grant.deliveries];
  }

  /** Ends the leases of these deliveries. One that was settled before, or never leased here, changes nothing. */
  settle(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (!(delivery instanceof LeasedDelivery) || delivery.grant === undefined) continue;
      const { grant } = delivery;
      delivery.grant = undefined;
      this.#messages -= 1;
      this.#bytes -= delivery.bytes;
      grant.open -= 1;
      if (grant.open === 0) this.#grants.delete(grant);
      // A single delivery that stays open must not keep its settled neighbours in memory.
      else if (grant.open * 2 < grant.deliveries.length) grant.deliveries = grant.deliveries.filter(isOpen);
    }
  }

  /** The ack ids of what was leased or last extended at or before `renewedBeforeMs`; counts them as extended at `nowMs`. */
  renew(renewedBeforeMs: number, nowMs: number): string[] {
    const ackIds: string[] = [];
    for (const grant of this.#grants) {
      if (grant.renewedAtMs > renewedBeforeMs) continue;
      grant.renewedAtMs = nowMs;
      for (const delivery of grant.deliveries) if (isOpen(delivery)) ackIds.push(delivery.ackId);
    }
    return ackIds;
  }
}

function isOpen(delivery: LeasedDelivery): boolean {
  return delivery.grant !== undefined;
}
