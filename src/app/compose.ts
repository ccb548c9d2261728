import type { Settings } from '../config/settings.ts';
import type { Watched } from '../health/readiness.ts';
import { decode } from '../logs/decode.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { FlushLimits } from '../pipeline/flusher.ts';
import type { Clock, Log, LogStore } from '../pipeline/ports.ts';
import type { WorkerEvents } from '../pipeline/status.ts';
import { Worker } from '../pipeline/worker.ts';
import type { PubSubClients } from '../pubsub/client.ts';
import { DeadLetterTopic } from '../pubsub/dead-letter-topic.ts';
import { PubSubSource } from '../pubsub/source.ts';
import { ensureTopology } from '../pubsub/topology.ts';
import { screenOf } from '../screening/screen.ts';

export interface WorkerParts {
  readonly store: LogStore;
  readonly clients: PubSubClients;
  readonly log: Log;
  /** Whether topics and subscriptions that are missing are created, now and when they disappear. */
  readonly create: boolean;
  /** As `Store.scopedSince`. */
  readonly scopedSince?: string | undefined;
  /** Told what happens. */
  readonly events?: WorkerEvents;
  /** Shown the worker before it begins. */
  readonly watch?: (watched: Watched) => void;
  /** The system's if absent. */
  readonly clock?: Clock;
}

/** How batches are filled and flushed, as the settings say. */
export function flushLimits({
  batchSize: maxRows,
  batchBytes: maxBytes,
  flushIntervalMs,
  flushesInFlight,
  refusedRowsTimeoutMs,
}: Settings): FlushLimits {
  return { maxRows, maxBytes, flushIntervalMs, flushesInFlight, refusedRowsTimeoutMs };
}

/**
 * A worker on Pub/Sub as the settings say. Throws `LmsError` if a topic or subscription is missing and may
 * not be created.
 */
export async function composeWorker(
  settings: Settings,
  { store, clients, log, create, scopedSince, events, watch, clock = systemClock }: WorkerParts,
): Promise<Worker> {
  const setUp = () => ensureTopology({ clients, names: settings, create, role: 'worker' });
  for (const warning of await setUp()) log.warn({}, warning);
  const source = sourceOf(settings, { clients, log, clock, restore: create ? setUp : undefined });
  const deadLetters = new DeadLetterTopic(clients, settings.deadLetterTopic, settings.subscription);
  const { shutdownTimeoutMs } = settings;
  const limits = { ...flushLimits(settings), shutdownTimeoutMs };
  const decodeOptions = { defaultService: settings.defaultService, scopedSince };
  const screen = screenOf(settings);
  const worker = new Worker(
    {
      source,
      decode:
        screen === undefined
          ? (message) => decode(message, decodeOptions)
          : (message) => screen.decoded(decode(message, decodeOptions)),
      screening: screen,
      store,
      deadLetters,
      clock,
      log,
      ...(events && { events }),
    },
    limits,
  );
  watch?.({ worker, source });
  return worker;
}

interface SourceParts {
  readonly clients: PubSubClients;
  readonly log: Log;
  readonly clock: Clock;
  /** Makes again what disappeared of topics and subscriptions. */
  readonly restore: (() => Promise<unknown>) | undefined;
}

/** The subscription of the settings. */
function sourceOf(
  { subscription, maxHeldMessages, maxHeldBytes, ackDeadlineSeconds }: Settings,
  { clients, log, clock, restore }: SourceParts,
): PubSubSource {
  return new PubSubSource(clients, {
    subscription,
    maxHeldMessages,
    maxHeldBytes,
    ackDeadlineSeconds,
    clock,
    log,
    ...(restore && {
      restore: async () => {
        await restore();
      },
    }),
  });
}
