import type { protos } from '@google-cloud/pubsub';
import type { Instant } from '../logs/message.ts';
import type { Delivery } from '../pipeline/ports.ts';
import { EncodedMessage } from './encoded-message.ts';

type ReceivedMessage = protos.google.pubsub.v1.IReceivedMessage;
type PubsubMessage = protos.google.pubsub.v1.IPubsubMessage;

/** Bytes that a held message costs beside its data and attributes: the objects that carry it, measured roughly. */
const OVERHEAD_BYTES = 512;
const NO_BYTES = new Uint8Array(0);
const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};

/** What one response of the stream brought: its deliveries were leased at one moment and are extended together. */
interface Grant {
  /** When the lease began or was last extended, in the clock's milliseconds. */
  renewedAtMs: number;
  /** Those not settled yet, and some that are: see `settle`. */
  deliveries: LeasedDelivery[];
  open: number;
}

/** A delivery as the source keeps it: the received message, seen through getters, so that nothing is copied. */
class LeasedDelivery implements Delivery {
  readonly ackId: string;
  readonly receivedAtMs: number;
  readonly bytes: number;
  readonly #message: PubsubMessage;
  /** Undefined once settled. */
  grant: Grant | undefined;

  constructor(ackId: string, message: PubsubMessage, grant: Grant) {
    this.ackId = ackId;
    this.receivedAtMs = grant.renewedAtMs;
    this.bytes = messageBytes(message);
    this.#message = message;
    this.grant = grant;
  }

  get messageId(): string {
    return this.#message.messageId ?? '';
  }

  get publishTime(): Instant {
    const time = this.#message.publishTime;
    return { seconds: Number(time?.seconds ?? 0), nanos: time?.nanos ?? 0 };
  }

  get data(): Uint8Array {
    const { data } = this.#message;
    return data instanceof Uint8Array ? data : NO_BYTES;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#message.attributes ?? NO_ATTRIBUTES;
  }
}

/**
 * The leases that are held, counted in messages and bytes. One object for each response of the stream, none for a
 * message: settling is a decrement.
 */
export class Leases {
  readonly #grants = new Set<Grant>();
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
    const [oldest] = this.#grants;
    return oldest?.deliveries[0]?.receivedAtMs;
  }

  /** Leases what a response brought, in its order. */
  add(received: readonly ReceivedMessage[], nowMs: number): readonly Delivery[] {
    const grant: Grant = { renewedAtMs: nowMs, deliveries: [], open: received.length };
    for (const { ackId, message } of received) {
      const delivery = new LeasedDelivery(ackId ?? '', message ?? {}, grant);
      grant.deliveries.push(delivery);
      this.#bytes += delivery.bytes;
    }
    this.#messages += received.length;
    this.#grants.add(grant);
    return grant.deliveries;
  }

  /** Ends the leases of these deliveries. One that ended before changes nothing. */
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

  /** The ack ids of what was leased or last extended at or before `renewedBeforeMs`; they count as extended at `nowMs`. */
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

/** The ack ids of these deliveries, without those whose lease has ended. */
export function openAckIds(deliveries: readonly Delivery[]): string[] {
  const ackIds: string[] = [];
  for (const delivery of deliveries) {
    if (delivery instanceof LeasedDelivery && isOpen(delivery)) ackIds.push(delivery.ackId);
  }
  return ackIds;
}

function isOpen(delivery: LeasedDelivery): boolean {
  return delivery.grant !== undefined;
}

/** Attribute lengths are in UTF-16 units: nearly always their bytes, and near enough for a memory limit. */
function messageBytes(message: PubsubMessage): number {
  if (message instanceof EncodedMessage) return OVERHEAD_BYTES + message.encodedBytes;
  const { data, attributes } = message;
  let bytes = OVERHEAD_BYTES + (data?.length ?? 0);
  for (const key in attributes) bytes += key.length + (attributes[key]?.length ?? 0);
  return bytes;
}
