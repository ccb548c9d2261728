import type { Consumer } from '../delivery/dispatcher.ts';
import type { DeliveryLease } from '../delivery/leases.ts';
import { type FailedStatus, Refusal } from '../refusal.ts';

/** A Pull call: takes messages once. Its leases count against no limit. */
export class WaitingPull implements Consumer {
  readonly holder = { messages: 0, bytes: 0 };
  readonly ackDeadlineSeconds: number;
  readonly #maxMessages: number;
  readonly #settled = Promise.withResolvers<readonly DeliveryLease[]>();
  #open = true;

  constructor(maxMessages: number, ackDeadlineSeconds: number) {
    this.#maxMessages = maxMessages;
    this.ackDeadlineSeconds = ackDeadlineSeconds;
  }

  /** Resolves to what it got; rejects with a `Refusal` if it was ended. */
  get leases(): Promise<readonly DeliveryLease[]> {
    return this.#settled.promise;
  }

  portion() {
    const isOpen = this.#open && this.holder.messages === 0;
    return isOpen ? { maxMessages: this.#maxMessages, maxBytes: Infinity } : undefined;
  }

  deliver(leases: readonly DeliveryLease[]): void {
    this.#open = false;
    this.#settled.resolve(leases);
  }

  end(failed: FailedStatus): void {
    this.#open = false;
    this.#settled.reject(new Refusal(failed.code, failed.details));
  }
}
