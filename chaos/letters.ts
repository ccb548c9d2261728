import { setTimeout as delay } from 'node:timers/promises';
import type { PubSubClients } from '../src/pubsub/client.ts';
import type { Published } from './publishing.ts';

/** The dead-letter topic, held against what was published. */
export interface LetterCheck {
  readonly letters: number;
  /** Letters beyond the first of a message: a redelivery, or a publish whose answer was lost, makes them. */
  readonly again: number;
  /** Confirmed poison messages without a letter. */
  readonly lost: number;
  /** Letters of valid messages, or of none that was published. */
  readonly alien: number;
}

const PULL_TIMEOUT_MS = 3_000;
const PAGE = 1_000;

/** The dead letters, collected from their subscription: how many there are for each event id. */
export class Letters {
  readonly #counts = new Map<string, number>();
  readonly #clients: PubSubClients;
  readonly #subscription: string;

  constructor(clients: PubSubClients, subscription: string) {
    this.#clients = clients;
    this.#subscription = clients.subscriptionName(subscription);
  }

  /** Messages that have a letter. */
  get messages(): number {
    return this.#counts.size;
  }

  /** Takes what is there, until a pull brings nothing. */
  async collect(): Promise<void> {
    while ((await this.#pull()) > 0) await delay(0);
  }

  check({ confirmed, uncertain }: Published): LetterCheck {
    const isPoison = new Map(
      [...confirmed, ...uncertain].map(({ eventId, row }) => [eventId, row === undefined]),
    );
    const letters = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    const lost = [...confirmed].filter(
      ({ eventId, row }) => row === undefined && !this.#counts.has(eventId),
    ).length;
    const alien = [...this.#counts.keys()].filter((eventId) => isPoison.get(eventId) !== true).length;
    return { letters, again: letters - this.#counts.size, lost, alien };
  }

  async #pull(): Promise<number> {
    const subscriber = this.#clients.subscriber();
    const subscription = this.#subscription;
    const [{ receivedMessages }] = await subscriber
      .pull({ subscription, maxMessages: PAGE }, { timeout: PULL_TIMEOUT_MS, retry: null })
      // An emulator with nothing to give lets the caller wait for ever.
      .catch(() => [{ receivedMessages: [] }] as const);
    const received = receivedMessages ?? [];
    for (const { message } of received) {
      const eventId = message?.attributes?.['event_id'] ?? '';
      this.#counts.set(eventId, (this.#counts.get(eventId) ?? 0) + 1);
    }
    const ackIds = received.map(({ ackId }) => ackId ?? '');
    if (ackIds.length > 0) await subscriber.acknowledge({ subscription, ackIds });
    return received.length;
  }
}
