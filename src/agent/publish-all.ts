import type { OutgoingMessage } from '../logs/message.ts';
import type { Clock, Publisher } from '../pipeline/ports.ts';

/** Pub/Sub takes no more messages in a request: https://cloud.google.com/pubsub/quotas#resource_limits. */
export const MAX_MESSAGES_PER_REQUEST = 1_000;

/** Enough to keep a connection busy. More would only be held in memory while they wait. */
export const MAX_REQUESTS_IN_FLIGHT = 8;

/**
 * Supplies batches of at most `MAX_MESSAGES_PER_REQUEST` messages, each as soon as it is ready. Asked for the
 * next only when there is room to send it: that is the backpressure. Ends or throws soon after `stop` is
 * aborted.
 */
export type Supply<M> = (stop: AbortSignal) => AsyncIterable<readonly M[]>;

/** How to publish a supply. */
export interface PublishAllOptions<M> {
  /** Stops it: nothing more is sent, what is in flight is awaited. */
  readonly signal: AbortSignal;
  /** How long a stop waits for what is in flight, in milliseconds. */
  readonly stopTimeoutMs: number;
  readonly clock: Clock;
  /**
   * Called with every batch whose publish was confirmed, and its ids in the same order. Not called once
   * `publishAll` has resolved.
   */
  readonly onConfirmed: (messages: readonly M[], ids: readonly string[]) => void;
}

/** How it ended. */
export interface PublishAllResult {
  /** Messages whose publish the service confirmed. */
  readonly confirmed: number;
  /** Messages that were sent and not confirmed: they may or may not have been published. */
  readonly unconfirmed: number;
  /** What ended it before its supply did: a publish or the supply that failed. */
  readonly error: Error | undefined;
}

/**
 * Publishes everything of a supply, with a bounded number of requests in flight. Never rejects. The first
 * failure ends it as a stop does: what else is in flight may still be confirmed, and is counted.
 */
export function publishAll<M extends OutgoingMessage>(
  supply: Supply<M>,
  publisher: Publisher,
  options: PublishAllOptions<M>,
): Promise<PublishAllResult> {
  return new Publishing(publisher, options).run(supply);
}

class Publishing<M extends OutgoingMessage> {
  readonly #publisher: Publisher;
  readonly #options: PublishAllOptions<M>;
  readonly #failure = new AbortController();
  readonly #stop: AbortSignal;
  #requests = 0;
  #sent = 0;
  #confirmed = 0;
  #error: Error | undefined;
  #hasEnded = false;
  /** Lets the loop look again; there is one loop, so one is enough. */
  #wake = () => {};

  constructor(publisher: Publisher, options: PublishAllOptions<M>) {
    this.#publisher = publisher;
    this.#options = options;
    this.#stop = AbortSignal.any([options.signal, this.#failure.signal]);
  }

  async run(supply: Supply<M>): Promise<PublishAllResult> {
    await this.#sendAll(supply);
    const cancel = this.#endInTime();
    await this.#until(() => this.#requests === 0 || this.#hasEnded);
    cancel();
    this.#hasEnded = true;
    return { confirmed: this.#confirmed, unconfirmed: this.#sent - this.#confirmed, error: this.#error };
  }

  async #sendAll(supply: Supply<M>): Promise<void> {
    const wake = () => {
      this.#wake();
    };
    this.#stop.addEventListener('abort', wake);
    try {
      for await (const batch of supply(this.#stop)) {
        if (this.#stop.aborted) break;
        void this.#send(batch);
        await this.#until(() => this.#requests < MAX_REQUESTS_IN_FLIGHT || this.#stop.aborted);
      }
    } catch (error) {
      // A stopped supply may throw, for example because its file was closed under it.
      if (!this.#stop.aborted) this.#fail(error);
    } finally {
      this.#stop.removeEventListener('abort', wake);
    }
  }

  async #send(batch: readonly M[]): Promise<void> {
    this.#requests += 1;
    this.#sent += batch.length;
    try {
      const ids = await this.#publisher.publish(batch);
      if (this.#hasEnded) return;
      this.#confirmed += batch.length;
      this.#options.onConfirmed(batch, ids);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#requests -= 1;
      this.#wake();
    }
  }

  #fail(error: unknown): void {
    this.#error ??= error instanceof Error ? error : new Error(String(error));
    this.#failure.abort();
  }

  /** From a stop on, whenever it comes, the wait for what is in flight is limited. */
  #endInTime(): () => void {
    let cancel = () => {};
    const start = () => {
      cancel = this.#options.clock.schedule(this.#options.stopTimeoutMs, () => {
        this.#hasEnded = true;
        this.#wake();
      });
    };
    if (this.#stop.aborted) start();
    else this.#stop.addEventListener('abort', start);
    return () => {
      this.#stop.removeEventListener('abort', start);
      cancel();
    };
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
