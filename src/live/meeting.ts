import { unlessAborted } from '../pipeline/clock.ts';

/** An item that waits to be taken. */
interface Offer<T> {
  readonly item: T;
  readonly onTaken: () => void;
}

/**
 * Where several who have items meet one who takes them: each waits until its item is taken, so that nothing piles
 * up, and those who wait get their turn in the order in which they came.
 */
export class Meeting<T> {
  readonly #offers: Offer<T>[] = [];
  #onOffer: () => void = () => undefined;

  /** Resolves once the item was taken and is dealt with. Rejects with the signal's reason. */
  offer(item: T, signal: AbortSignal): Promise<void> {
    const begin = () =>
      new Promise<void>((resolve) => {
        this.#offers.push({ item, onTaken: resolve });
        this.#onOffer();
      });
    return unlessAborted(begin, signal);
  }

  /** The items, until the signal is aborted: then rejects with its reason. */
  async *items(signal: AbortSignal): AsyncGenerator<T, never> {
    for (;;) {
      const offer = this.#offers.shift();
      if (offer === undefined) {
        const arrival = () =>
          new Promise<void>((resolve) => {
            this.#onOffer = resolve;
          });
        await unlessAborted(arrival, signal);
        continue;
      }
      signal.throwIfAborted();
      yield offer.item;
      offer.onTaken();
    }
  }
}
