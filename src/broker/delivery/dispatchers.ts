import type { Clock } from '../../pipeline/ports.ts';
import type { Faults } from '../faults.ts';
import type { FailedStatus } from '../refusal.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Subscription } from './subscription.ts';

/** The dispatchers of all subscriptions that have, or had, a consumer. */
export class Dispatchers {
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #dispatchers = new Map<Subscription, Dispatcher>();

  constructor(clock: Clock, faults: Faults) {
    this.#clock = clock;
    this.#faults = faults;
  }

  of(subscription: Subscription): Dispatcher {
    const found = this.#dispatchers.get(subscription);
    if (found !== undefined) return found;
    const dispatcher = new Dispatcher(subscription, this.#clock, this.#faults);
    this.#dispatchers.set(subscription, dispatcher);
    return dispatcher;
  }

  /** The subscription was deleted: ends its consumers. */
  remove(subscription: Subscription, failed: FailedStatus): void {
    const dispatcher = this.#dispatchers.get(subscription);
    this.#dispatchers.delete(subscription);
    dispatcher?.endConsumers(failed);
    dispatcher?.close();
  }

  /** Ends the consumers of one subscription, or of all; returns how many there were. */
  endConsumers(failed: FailedStatus, only?: Subscription): number {
    let ended = 0;
    for (const [subscription, dispatcher] of this.#dispatchers) {
      if (only === undefined || only === subscription) ended += dispatcher.endConsumers(failed);
    }
    return ended;
  }

  muteConsumers(): void {
    for (const dispatcher of this.#dispatchers.values()) dispatcher.muteConsumers();
  }

  scheduleAll(): void {
    for (const dispatcher of this.#dispatchers.values()) dispatcher.schedule();
  }

  close(): void {
    for (const dispatcher of this.#dispatchers.values()) dispatcher.close();
    this.#dispatchers.clear();
  }
}
