import type { Instant } from '../logs/message.ts';
import type { Delivery } from '../pipeline/ports.ts';
import { moveTogether, ReceivedMessage, type ResponseLease } from './received-message.ts';

/**
 * The leases that are held, counted in messages and bytes. One object for each response of the stream, none
 * for a message: settling is a decrement.
 */
export class HeldLeases {
  readonly #leases = new Set<ResponseLease>();
  #messages = 0;
  #bytes = 0;
  #grownBytes = 0;

  /** Messages held: handed over and not settled. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of the held messages, as `Delivery.bytes` counts them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many of the bytes are growth. */
  get grownBytes(): number {
    return this.#grownBytes;
  }

  /** When the oldest held message was received, in the clock's milliseconds. */
  get oldestReceivedAtMs(): number | undefined {
    // A set keeps the order in which it was filled.
    const [oldest] = this.#leases;
    return oldest?.receivedAtMs;
  }

  /**
   * When the oldest held message was published; undefined if none is held. Looks at each of them: redelivered
   * ones are older than those that were received before.
   */
  oldestPublishTime(): Instant | undefined {
    let oldest: Instant | undefined;
    for (const { messages } of this.#leases) {
      for (const message of messages) {
        if (!isOpen(message)) continue;
        const { publishTime } = message;
        if (oldest === undefined || isBefore(publishTime, oldest)) oldest = publishTime;
      }
    }
    return oldest;
  }

  /** Leases what a response brought, in its order. */
  add(messages: readonly ReceivedMessage[], nowMs: number): readonly Delivery[] {
    let bytes = 0;
    for (const message of messages) bytes += message.bytes;
    const lease: ResponseLease = {
      receivedAtMs: nowMs,
      renewedAtMs: nowMs,
      messages,
      keptBytes: bytes,
      openBytes: bytes,
    };
    for (const message of messages) message.lease = lease;
    this.#messages += messages.length;
    this.#bytes += bytes;
    this.#leases.add(lease);
    return messages;
  }

  /** What was decoded of an open delivery takes so many bytes more. */
  grow(delivery: Delivery, bytes: number): void {
    if (!isOpen(delivery)) return;
    delivery.grownBytes += bytes;
    this.#grownBytes += bytes;
    this.#bytes += bytes;
  }

  /** Ends the leases of these deliveries. One that ended before changes nothing. */
  settle(deliveries: readonly Delivery[]): void {
    let lease: ResponseLease | undefined;
    for (const delivery of deliveries) {
      if (!isOpen(delivery)) continue;
      if (delivery.lease !== lease) {
        this.#letGo(lease);
        lease = delivery.lease;
      }
      const { publishedBytes, grownBytes } = delivery;
      delivery.settled = true;
      this.#messages -= 1;
      this.#bytes -= publishedBytes + grownBytes;
      this.#grownBytes -= grownBytes;
      lease.openBytes -= publishedBytes;
    }
    this.#letGo(lease);
  }

  /**
   * Frees what is settled of a lease, once that is more than half of its bytes: a message that stays open, a
   * letter that waits for the dead-letter topic, would keep its whole response in memory. So no more than
   * twice is kept of what is counted, and each byte is copied once at most, for what is copied halves every
   * time.
   */
  #letGo(lease: ResponseLease | undefined): void {
    if (lease === undefined || lease.openBytes * 2 >= lease.keptBytes) return;
    lease.messages = lease.messages.filter(isOpen);
    lease.keptBytes = lease.openBytes;
    if (lease.openBytes === 0) this.#leases.delete(lease);
    else moveTogether(lease.messages);
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

function isBefore(a: Instant, b: Instant): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

function isOpen(delivery: Delivery): delivery is ReceivedMessage & { readonly lease: ResponseLease } {
  return delivery instanceof ReceivedMessage && delivery.lease !== undefined && !delivery.settled;
}
