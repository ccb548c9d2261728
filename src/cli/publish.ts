import { publishAll, type PublishAllResult, type Supply } from '../agent/publish-all.ts';
import { createLog } from '../app/logging.ts';
import { stopSignal } from '../app/signals.ts';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { OutgoingMessage } from '../logs/message.ts';
import { systemClock } from '../pipeline/clock.ts';
import type { Publisher } from '../pipeline/ports.ts';
import { connectPubSub } from '../pubsub/client.ts';
import { TopicPublisher } from '../pubsub/publisher.ts';
import { ensureTopology } from '../pubsub/topology.ts';
import type { Context } from './context.ts';
import { count, ratePerSecond, seconds } from './output/numbers.ts';
import { showProgress } from './output/progress.ts';

/** What to publish. */
export interface Publishing<M> {
  readonly command: string;
  readonly run: string;
  readonly supply: Supply<M>;
  /** Whether topic and subscription may be created. */
  readonly create: boolean;
  /** Whether the id of each message is printed. */
  readonly ids: boolean;
  /**
   * The part that is done, 0 to 1, after so many messages and milliseconds; undefined where no end is known.
   */
  readonly share: (confirmed: number, elapsedMs: number) => number | undefined;
  readonly onConfirmed?: (messages: readonly M[]) => void;
}

/** How it went, and how long it took. */
export interface Published extends PublishAllResult {
  readonly elapsedMs: number;
}

/**
 * Publishes a supply to the topic of the settings, until its end, a failure or Ctrl-C; shows the progress and
 * prints the true count at the end. Throws an `LmsError` if Pub/Sub cannot be used at all; later failures are
 * in the result, for `requireConfirmed`.
 */
export async function publish<M extends OutgoingMessage>(
  settings: Settings,
  work: Publishing<M>,
  context: Context,
): Promise<Published> {
  const log = createLog({ level: settings.logLevel, command: work.command, output: context.stderr });
  const clients = await connectPubSub(settings);
  const publisher = new TopicPublisher(clients, settings.topic);
  try {
    const topology = { clients, names: settings, role: 'publisher', create: work.create } as const;
    for (const warning of await ensureTopology(topology)) log.warn({}, warning);
    const published = await publishShown({
      publisher,
      stopTimeoutMs: settings.shutdownTimeoutMs,
      work,
      context,
    });
    context.stdout.write(closingLine(published, work.run));
    return published;
  } finally {
    await publisher.close();
    await clients.close();
  }
}

interface PublishingParts<M> {
  readonly publisher: Publisher;
  /** How long to wait after Ctrl-C for what was sent to be confirmed. */
  readonly stopTimeoutMs: number;
  readonly work: Publishing<M>;
  readonly context: Context;
}

/** Publishes until the supply ends or Ctrl-C stops it, with progress and ids shown meanwhile. */
async function publishShown<M extends OutgoingMessage>({
  publisher,
  stopTimeoutMs,
  work,
  context: { stdout, stderr },
}: PublishingParts<M>): Promise<Published> {
  const clock = systemClock;
  const startMs = clock.now();
  const elapsedMs = () => clock.now() - startMs;
  let done = 0;
  const progress = showProgress({
    label: 'published',
    read: () => ({ done, share: work.share(done, elapsedMs()) }),
    stderr,
  });
  const onConfirmed = (messages: readonly M[], ids: readonly string[]) => {
    done += messages.length;
    work.onConfirmed?.(messages);
    if (work.ids) progress.print(stdout, `${ids.join('\n')}\n`);
  };
  const { signal, dispose } = stopSignal();
  try {
    const result = await publishAll(work.supply, publisher, { signal, stopTimeoutMs, clock, onConfirmed });
    return { ...result, elapsedMs: elapsedMs() };
  } finally {
    dispose();
    progress.stop();
  }
}

function closingLine({ confirmed, elapsedMs }: Published, run: string): string {
  const messages = `${count(confirmed)} ${confirmed === 1 ? 'message' : 'messages'}`;
  return `published ${messages} in ${seconds(elapsedMs)} (${ratePerSecond(confirmed, elapsedMs)}), run ${run}\n`;
}

/**
 * Throws what ended the publishing before its time, or that not all of what was sent is known to be
 * published.
 */
export function requireConfirmed({ unconfirmed, error }: Published): void {
  const lost =
    unconfirmed > 0 ? `${count(unconfirmed)} more messages were sent and not confirmed` : undefined;
  if (error instanceof LmsError && lost !== undefined) {
    throw new LmsError(error.code, `${error.message}\n${lost}: they may have been published`, {
      cause: error,
    });
  }
  if (error !== undefined) throw error;
  if (lost !== undefined)
    throw new LmsError('PUBSUB_UNREACHABLE', `${lost} before the time to stop was over`);
}
