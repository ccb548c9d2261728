import type { DeadLetter, DeadLetters } from '../pipeline/ports.ts';
import type { PubSubClients } from './client.ts';
import { writeDeadLetter } from './dead-letter-message.ts';
import { TopicPublisher } from './publisher.ts';

/** The dead-letter topic, as the worker sees it. */
export class DeadLetterTopic implements DeadLetters {
  readonly #publisher: TopicPublisher;
  readonly #subscription: string;

  /** Short names: the topic to publish to, and the subscription that the messages come from. */
  constructor(clients: PubSubClients, topic: string, subscription: string) {
    this.#publisher = new TopicPublisher(clients, topic);
    this.#subscription = clients.subscriptionName(subscription);
  }

  async publish(letters: readonly DeadLetter[]): Promise<void> {
    await this.#publisher.publish(letters.flatMap((letter) => writeDeadLetter(letter, this.#subscription)));
  }
}
