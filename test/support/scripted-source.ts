import type { OutgoingMessage } from '../../src/logs/message.ts';
import type { Clock, Delivery, Source } from '../../src/pipeline/ports.ts';

/** What an acknowledgement does: be confirmed, be lost (the message comes again), or never be answered. */
export type SettleOutcome = 'confirm' | 'lose' | 'hang';

const PUBLISH_TIME = { seconds: 1_793_534_400, nanos: 0 };
/** What a delivery counts beside its data. */
export const DELIVERY_OVERHEAD_BYTES = 512;

class ScriptedDelivery implements Delivery {
  readonly messageId: string;
  readonly publishTime = PUBLISH_TIME;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receivedAtMs: number;
  grownBytes = 0;

  constructor(messageId: string, { data, attributes }: OutgoingMessage, receivedAtMs: number) {
    this.messageId = messageId;
    this.data = data;
    this.attributes = attributes;
    this.receivedAtMs = receivedAtMs;
  }

  get bytes(): number {
    return this.data.length + DELIVERY_OVERHEAD_BYTES + this.grownBytes;
  }
}

/**
 * A source whose deliveries a test hands over itself. It keeps a list of what the worker does against the
 * rules.
 */
export class ScriptedSource implements Source {
  readonly acked: Delivery[] = [];
  readonly nacked: Delivery[] = [];
  outcome: SettleOutcome = 'confirm';
  /** Decides what an acknowledgement or a release does. */
  decide: () => SettleOutcome | Promise<SettleOutcome> = () => this.outcome;
  closes = 0;
  stopped = false;
  readonly violations: string[] = [];
  /** Above it, with some of it grown, nothing more is to be decoded. */
  maxHeldBytes = Infinity;
  /** Whether the message of a delivery is kept for good, so that it may be acknowledged. */
  isKept: (delivery: Delivery) => boolean = () => true;
  readonly #clock: Clock;
  readonly #held = new Set<ScriptedDelivery>();
  #receive: ((deliveries: readonly Delivery[]) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(receive: (deliveries: readonly Delivery[]) => void, fail: (error: Error) => void): void {
    this.#receive = receive;
    this.#fail = fail;
  }

  stop(): void {
    this.stopped = true;
  }

  grow(delivery: Delivery, bytes: number): void {
    if (!(delivery instanceof ScriptedDelivery) || !this.#held.has(delivery)) {
      this.violations.push(`${delivery.messageId} grows, but is not held`);
      return;
    }
    delivery.grownBytes += bytes;
  }

  get overgrown(): boolean {
    return this.heldBytes >= this.maxHeldBytes && [...this.#held].some(({ grownBytes }) => grownBytes > 0);
  }

  get heldBytes(): number {
    return [...this.#held].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  ack(deliveries: readonly Delivery[]): Promise<number> {
    for (const delivery of deliveries) {
      if (!this.isKept(delivery))
        this.violations.push(`${delivery.messageId} is acknowledged, but kept nowhere`);
    }
    this.#settle(deliveries);
    this.acked.push(...deliveries);
    return this.#answer(deliveries);
  }

  nack(deliveries: readonly Delivery[]): Promise<number> {
    this.#settle(deliveries);
    this.nacked.push(...deliveries);
    return this.#answer(deliveries);
  }

  close(): void {
    this.stop();
    this.closes += 1;
  }

  /**
   * Hands over these messages in one array, as the service would send them. The key of each is its message
   * id.
   */
  deliver(messages: ReadonlyMap<string, OutgoingMessage>): Delivery[] {
    if (this.stopped) throw new Error('nothing is delivered after stop');
    const receivedAtMs = this.#clock.now();
    const deliveries = Array.from(
      messages,
      ([messageId, message]) => new ScriptedDelivery(messageId, message, receivedAtMs),
    );
    for (const delivery of deliveries) this.#held.add(delivery);
    this.#receive?.(deliveries);
    return deliveries;
  }

  /** The subscription refuses the first attempt. */
  refuse(error: Error): void {
    this.#fail?.(error);
  }

  /** Delivered, and neither acked nor nacked. */
  get held(): number {
    return this.#held.size;
  }

  get heldDeliveries(): readonly Delivery[] {
    return [...this.#held];
  }

  #settle(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      if (!(delivery instanceof ScriptedDelivery) || !this.#held.delete(delivery))
        this.violations.push(`${delivery.messageId} is settled twice`);
    }
  }

  async #answer(deliveries: readonly Delivery[]): Promise<number> {
    const outcome = await this.decide();
    if (outcome === 'hang') return new Promise<never>(() => undefined);
    return outcome === 'confirm' ? deliveries.length : 0;
  }
}
