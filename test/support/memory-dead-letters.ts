import { LmsError } from '../../src/errors/catalogue.ts';
import type { DeadLetter, DeadLetters } from '../../src/pipeline/ports.ts';

/** What the topic does: take the letters, be away, be forbidden, be deleted, or never answer. */
export type PublishOutcome = 'pass' | 'unreachable' | 'denied' | 'gone' | 'hang';

/** A dead-letter topic in memory: it takes letters, or fails as the test says. */
export class MemoryDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];
  /** Message ids that the topic never takes. */
  readonly refused = new Set<string>();
  /** It refuses more than this at once. */
  maxLetters = Infinity;
  outcome: PublishOutcome = 'pass';
  calls = 0;

  /** Decides what a publish does. */
  decide: () => PublishOutcome | Promise<PublishOutcome> = () => this.outcome;

  async publish(letters: readonly DeadLetter[]): Promise<void> {
    this.calls += 1;
    const outcome = await this.decide();
    if (outcome === 'hang') return new Promise<never>(() => undefined);
    if (outcome === 'unreachable') throw new LmsError('PUBSUB_UNREACHABLE', 'no connection');
    if (outcome === 'denied') throw new LmsError('PUBSUB_DENIED', 'not allowed');
    if (outcome === 'gone') throw new LmsError('PUBSUB_NOT_FOUND', 'it does not exist');
    if (letters.length > this.maxLetters) throw new LmsError('PUBSUB_FAILED', 'too many at once');
    const bad = letters.find(({ delivery }) => this.refused.has(delivery.messageId));
    if (bad) throw new LmsError('PUBSUB_FAILED', `cannot publish ${bad.delivery.messageId}`);
    this.letters.push(...letters);
  }

  /** Whether the topic has the letter of this message. */
  has(messageId: string): boolean {
    return this.letters.some(({ delivery }) => delivery.messageId === messageId);
  }

  get messageIds(): string[] {
    return this.letters.map(({ delivery }) => delivery.messageId);
  }
}
