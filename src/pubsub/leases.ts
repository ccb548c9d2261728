import type { Delivery } from '../pipeline/ports.ts';
import { ReceivedMessage, type ResponseLease } from './received-message.ts';

/**
 * The leases that are held, counted in messages and bytes. One object for each response of the stream, none for a
 * message: settling is a decrement.
 */
export class HeldLeases {
  readonly #leases = new Set<ResponseLease>();
  #messages = 0;
  #bytes = 0;

  /** Messages held: handed over and not settled. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of the held messages, as `Delivery.bytes` counts them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest held message was received, in the clock's milliseconds. */
  get oldestReceivedAtMs(): number | undefined {
    // A set keeps the order in which it was filled.
    const [oldest] = this.#leases;
    return oldest?.receivedAtMs;
  }

  /** Leases what a response brought, in its order. */
  add(messages: readonly ReceivedMessage[], nowMs: number): readonly Delivery[] {
    const lease: ResponseLease = { receivedAtMs: nowMs, renewedAtMs: nowMs, messages, open: messages.length };
    for (const message of messages) {
      message.lease = lease;
      this.#bytes += message.bytes;
    }
    this.#messages += messages.length;
    this.#leases.add(lease);
    return messages;
  }

  /** Ends the leases of these deliveries. One that ended before changes nothing. */
  settle(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (!isOpen(delivery)) continue;
      const { lease } = delivery;
      delivery.settled = true;
      this.#messages -= 1;
      this.#bytes -= delivery.bytes;
      lease.open -= 1;
      if (lease.open === 0) this.#leases.delete(lease);
      // A single message that stays open must not keep its settled neighbours in memory.
      else if (lease.open * 2 < lease.messages.length) lease.messages = lease.messages.filter(isOpen);
    }
  }

  /** What was leased or last extended at or before `renewedBeforeMs`; it counts as extended at `nowMs`. */
  renew(renewedBeforeMs: number, nowMs: number): ReceivedMessage[] {
    const renewed: ReceivedMessage[] = [];
    for (const lease of this.#leases) {
      if (lease.renewedAtMs > renewedBeforeMs) continue;
      lease.renewedAtMs = nowMs;
      for (const message of lease.messages) if (isOpen(message)) renewed.push(message);
    }
    return renewed;
  }
}

/** Those of the deliveries whose lease has not ended. */
export function openMessages(deliveries: readonly Delivery[]): ReceivedMessage[] {
  return deliveries.filter(isOpen);
}

function isOpen(delivery: Delivery): delivery is ReceivedMessage & { readonly lease: ResponseLease } {
  return delivery instanceof ReceivedMessage && delivery.lease !== undefined && !delivery.settled;
}
