import { type EncodedMessage, publishTimeMs } from '../encoding/encoded-message.ts';
import { Fifo } from './fifo.ts';

/** Messages that are kept for a time, whatever became of them: what a subscription can be sought back to. */
export class RetainedMessages {
  readonly #retainMs: number;
  readonly #messages = new Fifo<EncodedMessage>();

  /** @param retainMs How long a message is kept after its publish time. */
  constructor(retainMs: number) {
    this.#retainMs = retainMs;
  }

  /** Takes what was just published. */
  add(messages: readonly EncodedMessage[]): void {
    for (const message of messages) this.#messages.push(message);
    this.#drop();
  }

  /** All that are kept still, in the order of their publishing. */
  messages(): EncodedMessage[] {
    this.#drop();
    return this.#messages.items();
  }

  #drop(): void {
    const fromMs = Date.now() - this.#retainMs;
    for (;;) {
      const oldest = this.#messages.peek();
      if (oldest === undefined || publishTimeMs(oldest) >= fromMs) return;
      this.#messages.shift();
    }
  }
}
