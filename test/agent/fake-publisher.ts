import type { OutgoingMessage } from '../../src/logs/message.ts';
import type { PackedTexts, Publisher, TextPublisher } from '../../src/pipeline/ports.ts';

interface OpenRequest {
  readonly messages: readonly OutgoingMessage[];
  readonly confirm: () => void;
  readonly fail: (error: Error) => void;
}

export interface FakePublisherOptions {
  /** Confirms each request in the next turn of the event loop. Otherwise the test does. */
  readonly automatic: boolean;
  readonly maxTextUnits?: number;
  /** Keeps what was published, by default. */
  readonly keep?: boolean;
}

/** A publisher that notes how much it is asked to do at once. */
export class FakePublisher implements Publisher, TextPublisher {
  readonly open: OpenRequest[] = [];
  readonly published: OutgoingMessage[] = [];
  readonly requestSizes: number[] = [];
  maxRequestsOpen = 0;
  maxMessagesOpen = 0;
  readonly #options: FakePublisherOptions;

  constructor(options: FakePublisherOptions) {
    this.#options = options;
  }

  publish(messages: readonly OutgoingMessage[]): Promise<string[]> {
    this.requestSizes.push(messages.length);
    return new Promise((resolve, reject) => {
      const request: OpenRequest = {
        messages,
        confirm: () => {
          this.#close(request);
          if (this.#options.keep ?? true) this.published.push(...messages);
          resolve(messages.map((message) => `id-${message.attributes['seq'] ?? ''}`));
        },
        fail: (error) => {
          this.#close(request);
          reject(error);
        },
      };
      this.open.push(request);
      this.maxRequestsOpen = Math.max(this.maxRequestsOpen, this.open.length);
      this.maxMessagesOpen = Math.max(this.maxMessagesOpen, this.messagesOpen);
      if (this.#options.automatic) setImmediate(request.confirm);
    });
  }

  /** None is too large, but for those that hold more than `maxTextUnits`. */
  pack(texts: readonly string[]): PackedTexts {
    const { maxTextUnits = Infinity } = this.#options;
    const isTooLarge = (text: string) => text.length > maxTextUnits;
    const tooLarge = texts.flatMap((text, place) => (isTooLarge(text) ? [place] : []));
    const messages = texts
      .filter((text) => !isTooLarge(text))
      .map((text) => ({ data: Buffer.from(text), attributes: {} }));
    return {
      tooLarge,
      publish: async () => {
        if (messages.length > 0) await this.publish(messages);
      },
    };
  }

  get messagesOpen(): number {
    return this.open.reduce((sum, request) => sum + request.messages.length, 0);
  }

  async close(): Promise<void> {}

  #close(request: OpenRequest): void {
    this.open.splice(this.open.indexOf(request), 1);
  }
}
