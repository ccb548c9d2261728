import { feed, type FeedResult, type Supply } from '../agent/feed.ts';
import type { SettingName } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { LmsError } from '../errors/catalogue.ts';
import type { OutgoingMessage } from '../logs/message.ts';
import { systemClock } from '../pipeline/clock.ts';
import { connectPubSub } from '../pubsub/client.ts';
import { TopicPublisher } from '../pubsub/publisher.ts';
import { ensureTopology } from '../pubsub/setup.ts';
import type { Context } from './command.ts';
import { createLog } from './logging.ts';
import { count, ratePerSecond, showProgress, type Progress } from './progress.ts';
import { stopSignal } from './signals.ts';

/** The settings of a command that publishes. */
export const PUBLISHING_SETTINGS: readonly SettingName[] = [
  'PUBSUB_EMULATOR_HOST',
  'PUBSUB_PROJECT_ID',
  'PUBSUB_TOPIC',
  'PUBSUB_SUBSCRIPTION',
  'SHUTDOWN_TIMEOUT',
  'LOG_LEVEL',
];

/** What to publish. */
export interface Publishing<M> {
  readonly command: string;
  readonly run: string;
  readonly supply: Supply<M>;
  /** Whether topic and subscription may be created. */
  readonly create: boolean;
  /** Whether the id of each message is printed. */
  readonly ids: boolean;
  /** The part that is done, 0 to 1, after so many messages and milliseconds; undefined where no end is known. */
  readonly share: (confirmed: number, elapsedMs: number) => number | undefined;
  readonly onConfirmed?: (messages: readonly M[]) => void;
}

/** How it went: see `FeedResult`. */
export interface Published extends FeedResult {
  readonly elapsedMs: number;
}

/**
 * Publishes a supply to the topic of the settings, until its end, a failure or Ctrl-C; shows the progress and prints the true count
 * at the end. Throws an `LmsError` if Pub/Sub cannot be used at all; later failures are in the result, for `requireConfirmed`.
 */
export async function publish<M extends OutgoingMessage>(
  settings: Settings,
  work: Publishing<M>,
  context: Context,
): Promise<Published> {
  const log = createLog({ level: settings.logLevel, command: work.command, output: context.stderr });
  const display: { progress?: Progress } = {};
  const stop = stopSignal({ beforeExit: () => display.progress?.stop() });
  const clients = await connectPubSub(settings);
  const publisher = new TopicPublisher(clients, settings.topic);
  try {
    const topology = { clients, names: settings, role: 'publisher', create: work.create } as const;
    for (const warning of await ensureTopology(topology)) log.warn({}, warning);
    const startMs = systemClock.now();
    const elapsedMs = () => systemClock.now() - startMs;
    let done = 0;
    const read = () => ({ done, share: work.share(done, elapsedMs()) });
    const progress = (display.progress = showProgress('published', read, context.stderr));
    const onConfirmed = (messages: readonly M[], ids: readonly string[]) => {
      done += messages.length;
      work.onConfirmed?.(messages);
      if (work.ids) progress.print(context.stdout, `${ids.join('\n')}\n`);
    };
    const stopTimeoutMs = settings.shutdownTimeoutMs;
    const options = { signal: stop.signal, stopTimeoutMs, clock: systemClock, onConfirmed };
    const result = { ...(await feed(work.supply, publisher, options)), elapsedMs: elapsedMs() };
    progress.stop();
    context.stdout.write(closingLine(result, work.run));
    return result;
  } finally {
    display.progress?.stop();
    stop.dispose();
    await publisher.close();
    await clients.close();
  }
}

function closingLine({ confirmed, elapsedMs }: Published, run: string): string {
  const seconds = (elapsedMs / 1000).toFixed(1);
  return `published ${count(confirmed)} messages in ${seconds} s (${ratePerSecond(confirmed, elapsedMs)}), run ${run}\n`;
}

/** Throws what ended the publishing before its time, or that not all of what was sent is known to be published. */
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
