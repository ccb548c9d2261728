import type { Clock } from '../../pipeline/ports.ts';
import type { Faults } from '../faults.ts';
import type { FailedStatus } from '../refusal.ts';
import type { DeliveryLease, Holder } from './leases.ts';
import type { Portion, Subscription } from './subscription.ts';

/** A stream or a waiting Pull call: takes messages of one subscription. */
export interface Consumer {
  readonly holder: Holder;
  /** What it can take now; undefined if nothing. */
  portion(): Omit<Portion, 'deadlineMs'> | undefined;
  readonly ackDeadlineSeconds: number;
  deliver(leases: readonly DeliveryLease[]): void;
  /** Ends it from our side. */
  end(failed: FailedStatus): void;
  /** Lets it say nothing from now on. */
  mute?(): void;
}

/** Time between two looks for expired leases, at least: a look goes through all of them. */
const SWEEP_INTERVAL_MS = 100;

/**
 * Hands a subscription's messages to its consumers, in turn, and takes back what they do not settle in time.
 * `schedule` may be called any number of times: the work is done once, after what is going on now.
 */
export class Dispatcher {
  readonly #subscription: Subscription;
  readonly #clock: Clock;
  readonly #faults: Faults;
  /** Who is to be served next comes first. */
  readonly #consumers = new Set<Consumer>();
  #scheduled = false;
  #sweepAtMs = Infinity;
  #cancelSweep: () => void = () => undefined;

  constructor(subscription: Subscription, clock: Clock, faults: Faults) {
    this.#subscription = subscription;
    this.#clock = clock;
    this.#faults = faults;
    subscription.onChange = () => {
      this.schedule();
    };
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  join(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.schedule();
  }

  leave(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  /** Ends all consumers, and returns how many there were. */
  endConsumers(failed: FailedStatus): number {
    const consumers = [...this.#consumers];
    this.#consumers.clear();
    for (const consumer of consumers) consumer.end(failed);
    return consumers.length;
  }

  muteConsumers(): void {
    for (const consumer of this.#consumers) consumer.mute?.();
  }

  /** Stops the clockwork. */
  close(): void {
    this.#subscription.onChange = () => undefined;
    this.#cancelSweep();
    this.#consumers.clear();
  }

  #dispatch(): void {
    let idle = 0;
    while (idle < this.#consumers.size && this.#subscription.waiting > 0) {
      const [consumer] = this.#consumers;
      if (consumer === undefined) break;
      this.#consumers.delete(consumer);
      this.#consumers.add(consumer);
      const share = Math.ceil(this.#subscription.waiting / this.#consumers.size);
      idle = this.serve(consumer, share) ? 0 : idle + 1;
    }
    // A deadline may have been moved to an earlier time.
    this.#planSweep();
  }

  /** Hands out to one consumer at once, no more than its share; false if there is nothing for it now. */
  serve(consumer: Consumer, share = Infinity): boolean {
    const portion = consumer.portion();
    if (portion === undefined || this.#faults.deliveriesHeld) return false;
    const deadlineMs = this.#clock.now() + consumer.ackDeadlineSeconds * 1_000;
    const maxMessages = Math.min(portion.maxMessages, share);
    const leases = this.#subscription.take(consumer.holder, { ...portion, maxMessages, deadlineMs });
    if (leases.length === 0) return false;
    const repeats = this.#faults.takeRepeats(leases.length);
    if (repeats > 0) this.#subscription.repeat(leases.slice(0, repeats));
    this.#send(consumer, leases);
    this.#planSweep();
    return true;
  }

  #send(consumer: Consumer, leases: readonly DeliveryLease[]): void {
    const delayMs = this.#faults.deliveryDelayMs;
    if (delayMs === 0) consumer.deliver(leases);
    else
      this.#clock.schedule(delayMs, () => {
        consumer.deliver(leases);
      });
  }

  /** One timer a subscription, for the lease that expires first. */
  #planSweep(): void {
    const earliestMs = this.#subscription.earliestExpiryMs;
    if (earliestMs >= this.#sweepAtMs || earliestMs === Infinity) return;
    this.#cancelSweep();
    this.#sweepAtMs = earliestMs;
    const delayMs = Math.max(SWEEP_INTERVAL_MS, earliestMs - this.#clock.now());
    this.#cancelSweep = this.#clock.schedule(delayMs, () => {
      this.#sweepAtMs = Infinity;
      this.#subscription.expire(this.#clock.now());
      this.#planSweep();
    });
  }
}
