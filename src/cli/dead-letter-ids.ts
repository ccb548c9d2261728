import type { Settings } from '../config/settings.ts';
import { ATTRIBUTES } from '../logs/message.ts';
import type { Log } from '../pipeline/ports.ts';
import { connectPubSub } from '../pubsub/client.ts';
import { DeadLetterInbox } from '../pubsub/dead-letter-inbox.ts';
import { ensureTopology } from '../pubsub/topology.ts';

const PAGE_LETTERS = 1_000;

/**
 * The `event_id` attributes of all dead letters that have one. The letters stay where they are. Throws
 * `LmsError`.
 */
export async function* deadLetterEventIds(settings: Settings, log: Log): AsyncGenerator<string> {
  const clients = await connectPubSub(settings);
  const inbox = new DeadLetterInbox(clients, settings.deadLetterSubscription, log);
  try {
    const topology = { clients, names: settings, role: 'reader', create: false } as const;
    for (const warning of await ensureTopology(topology)) log.warn({}, warning);
    let page = await inbox.take(PAGE_LETTERS);
    while (page.length > 0) {
      for (const { original } of page) {
        const eventId = original?.attributes[ATTRIBUTES.eventId];
        if (eventId !== undefined) yield eventId;
      }
      page = await inbox.take(PAGE_LETTERS);
    }
  } finally {
    await inbox.close();
    await clients.close();
  }
}
