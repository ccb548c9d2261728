import { randomBytes } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { LiveTails } from '../live/live-tails.ts';
import { PollSource } from '../live/poll-source.ts';
import type { LiveReceiver, LiveSource } from '../live/ports.ts';
import { rangeBetween } from '../live/times.ts';
import { decode } from '../logs/decode.ts';
import type { LogEntry } from '../logs/entry.ts';
import type { Message } from '../logs/message.ts';
import { CarefulDecoder } from '../pipeline/careful-decode.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Log } from '../pipeline/ports.ts';
import type { ScreenedEntry } from '../pipeline/screened.ts';
import { isKept } from '../pipeline/shared-delivery.ts';
import { connectPubSub, type PubSubClients } from '../pubsub/client.ts';
import { LiveSubscription } from '../pubsub/live-subscription.ts';
import { ensureTopology } from '../pubsub/topology.ts';
import type { EntryReader } from '../query/answers/ports.ts';
import { readStoredUpTo } from '../query/answers/stored-up-to.ts';
import { screenOf } from '../screening/screen.ts';
import { Lazy } from '../store/lazy.ts';
import { ScreenedSource } from './screened-source.ts';

/** See `openLive`. */
export interface LiveParts {
  readonly settings: Settings;
  /** Where a tail comes from that reads the database, and what tells up to when that is stored. */
  readonly reader: () => Promise<EntryReader>;
  /** Whether a topic that is missing is created, and the subscription of the workers. */
  readonly create: boolean;
  readonly log: Log;
}

/** Live tails, and what they are connected to. */
export interface OpenedLive {
  readonly tails: LiveTails;
  /** Ends the tails and the connection: what was made of Pub/Sub is deleted. */
  close(): Promise<void>;
}

/**
 * Live tails as the settings say; undefined: they are off. Nothing is connected before the first is asked for, or
 * `warm` is called.
 */
export function openLive(parts: LiveParts): OpenedLive | undefined {
  const { settings, reader, log } = parts;
  const { tail, tailRingMs, tailRingBytes, tails: atOnce, tailsPerToken } = settings;
  if (tail === 'off') return undefined;
  const clients = new Lazy(() => connect(parts));
  const source = () =>
    tail === 'poll' ? pollSource(parts) : new SubscriptionSource(() => clients.opened(), parts);
  const tails = new LiveTails({
    source,
    ring: { maxAgeMs: tailRingMs, maxBytes: tailRingBytes },
    limits: { atOnce, atOncePerKey: tailsPerToken },
    clock: systemClock,
    wallMs: Date.now,
    newEpoch: () => randomBytes(9).toString('base64url'),
    storedUpTo: (signal) => storedUpTo(reader, signal),
    log,
  });
  return {
    tails,
    async close() {
      await tails.close();
      await clients.close();
    },
  };
}

function pollSource({ settings, reader, log }: LiveParts): LiveSource {
  const source = new PollSource({ reader, clock: systemClock, wallMs: Date.now, log });
  const screen = screenOf(settings);
  return screen === undefined ? source : new ScreenedSource(source, screen);
}

async function connect({ settings, create, log }: LiveParts): Promise<PubSubClients> {
  const clients = await connectPubSub(settings);
  if (!create) return clients;
  try {
    const warnings = await ensureTopology({ clients, names: settings, role: 'publisher', create });
    for (const warning of warnings) log.debug({}, warning);
    return clients;
  } catch (error) {
    await clients.close();
    throw error;
  }
}

async function storedUpTo(
  open: () => Promise<EntryReader>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const upTo = await readStoredUpTo(await open(), signal);
    return upTo.kind === 'unknown' ? undefined : upTo.at;
  } catch {
    return undefined;
  }
}

/** What is published, decoded and screened as the workers do: an entry has the id here that it will have in the database. */
class SubscriptionSource implements LiveSource {
  readonly #clients: () => Promise<PubSubClients>;
  readonly #parts: LiveParts;
  readonly #decoder: CarefulDecoder;
  #subscription: LiveSubscription | undefined;

  constructor(clients: () => Promise<PubSubClients>, parts: LiveParts) {
    const { defaultService } = parts.settings;
    this.#clients = clients;
    this.#parts = parts;
    const screen = screenOf(parts.settings);
    this.#decoder = new CarefulDecoder((message) => {
      const decoded = decode(message, { defaultService });
      return screen === undefined ? decoded : screen.decoded(decoded);
    }, parts.log);
  }

  async start(receiver: LiveReceiver): Promise<void> {
    const { settings, log } = this.#parts;
    const { topic, subscription } = settings;
    const opened = new LiveSubscription({
      clients: await this.#clients(),
      topic,
      subscription,
      messages: {
        received: (messages) => {
          receiver.entries(messages.flatMap((message) => this.#entries(message)));
        },
        lost: (fromMs, toMs) => {
          receiver.gap(rangeBetween(fromMs, toMs));
        },
        failed: (error) => {
          receiver.failed(error);
        },
      },
      clock: systemClock,
      wallMs: Date.now,
      log,
    });
    this.#subscription = opened;
    await opened.open();
  }

  async stop(): Promise<void> {
    await this.#subscription?.close();
  }

  lagMs(): number {
    return this.#subscription?.lagMs ?? 0;
  }

  /** What is rejected becomes a dead letter elsewhere, and what is discarded is nowhere. */
  #entries(message: Message): readonly LogEntry[] {
    const decoded = this.#decoder.decode(message);
    const each: readonly ScreenedEntry[] =
      typeof decoded === 'object' && 'length' in decoded ? decoded : [decoded];
    return each.filter(isKept);
  }
}
