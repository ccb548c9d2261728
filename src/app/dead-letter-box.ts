import type { Settings } from '../config/settings.ts';
import type { DeadLetterBox } from '../http/dead-letter-box.ts';
import type { Log } from '../pipeline/ports.ts';
import type { PubSubClients } from '../pubsub/client.ts';
import { DeadLetterInbox, type HeldDeadLetter } from '../pubsub/dead-letter-inbox.ts';
import { TopicPublisher } from '../pubsub/publisher.ts';
import { replay } from '../pubsub/replay.ts';

/** See `deadLetterBox`. */
export interface DeadLetterBoxParts {
  readonly settings: Settings;
  readonly log: Log;
  /** Connected to the project. Rejects with `LmsError`. */
  readonly clients: () => Promise<PubSubClients>;
}

/** The dead-letter subscription of the settings: looked at as `lms dlq` does, one request after the other. */
export function deadLetterBox({ settings, log, clients }: DeadLetterBoxParts): DeadLetterBox {
  let last: Promise<unknown> = Promise.resolve();
  const use = <T>(work: (inbox: DeadLetterInbox, clients: PubSubClients) => Promise<T>): Promise<T> => {
    const turn = last.then(async () => {
      const opened = await clients();
      const inbox = new DeadLetterInbox(opened, settings.deadLetterSubscription, log);
      return work(inbox, opened).finally(() => inbox.close());
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    list: (limit, signal) =>
      use(async (inbox) => {
        const letters: HeldDeadLetter[] = [];
        while (letters.length < limit && !signal.aborted) {
          const page = await inbox.take(limit - letters.length);
          if (page.length === 0) break;
          letters.push(...page);
        }
        return { letters, retentionMs: await inbox.retentionMs() };
      }),
    replay: (which, signal) =>
      use((inbox, opened) => replay(inbox, new TopicPublisher(opened, settings.topic), { ...which, signal })),
  };
}
