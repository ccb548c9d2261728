import { orderingKeyOf } from '../encoding/encoded-message.ts';
import type { DeliveryLease } from './leases.ts';

/**
 * The open leases of each ordering key. Their numbers grow in the order of delivery. Messages without a key
 * have no order.
 */
export class KeyOrder {
  readonly #open = new Map<string, Map<number, DeliveryLease>>();

  granted(lease: DeliveryLease): void {
    const key = orderingKeyOf(lease.message);
    if (key === '') return;
    const leases = this.#open.get(key) ?? new Map<number, DeliveryLease>();
    this.#open.set(key, leases.set(lease.number, lease));
  }

  ended(lease: DeliveryLease): void {
    const key = orderingKeyOf(lease.message);
    const leases = this.#open.get(key);
    leases?.delete(lease.number);
    if (leases?.size === 0) this.#open.delete(key);
  }

  /** Whether an earlier message of its key is still leased. */
  hasEarlier(lease: DeliveryLease): boolean {
    const [first] = this.#open.get(orderingKeyOf(lease.message))?.keys() ?? [];
    return first !== undefined && first < lease.number;
  }

  /** The leases of later messages of its key. */
  later(lease: DeliveryLease): DeliveryLease[] {
    const leases = this.#open.get(orderingKeyOf(lease.message))?.values() ?? [];
    return [...leases].filter(({ number }) => number > lease.number);
  }
}
