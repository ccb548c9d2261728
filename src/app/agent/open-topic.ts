import { PatientSink } from '../../agent/sinks/patient-sink.ts';
import { TopicTaker } from '../../agent/sinks/topic-taker.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { Outage } from '../../pipeline/outage.ts';
import { connectPubSub, type PubSubClients } from '../../pubsub/client.ts';
import { isTransient } from '../../pubsub/errors.ts';
import { TopicPublisher } from '../../pubsub/publisher.ts';
import { ensureTopology } from '../../pubsub/topology.ts';
import type { OpenSink, SinkOptions } from './sink-options.ts';

/** More gained nothing when it was measured. */
const TOPIC_REQUESTS = 8;
/** One try of a publish: it is tried again from here, where it can be said. */
const PUBLISH_MS = 10_000;

/**
 * Opens the topic of the settings. It is seen to when there is something to send. Rejects as `connectPubSub` does.
 */
export async function openTopic({
  settings,
  create,
  isPatient,
  log,
}: Omit<SinkOptions, 'url'>): Promise<OpenSink> {
  const clients = await connectPubSub(settings).catch((error: unknown) => {
    throw withOtherWays(error);
  });
  const publisher = new TopicPublisher(clients, settings.topic, { totalMs: PUBLISH_MS });
  const taker = new TopicTaker(publisher, () => prepare(clients, { settings, create, log }));
  const outage = new Outage('Pub/Sub takes no entries', systemClock, log);
  const sink = new PatientSink(taker, { verdictOf: verdictOfTopic, isPatient, clock: systemClock, outage });
  return {
    sink,
    requestsInFlight: TOPIC_REQUESTS,
    outage: () => outage.current,
    close: async () => {
      await sink.close();
      await clients.close();
    },
  };
}

/** Whoever has no Google Cloud has not asked for it either. */
function withOtherWays(error: unknown): unknown {
  if (!(error instanceof LmsError) || error.code !== 'PUBSUB_DENIED') return error;
  const ways = 'To send to an `lms serve`, say --url; to an emulator or `lms broker`, --emulator-host.';
  return new LmsError(error.code, `${error.message}\n${ways}`, { cause: error });
}

async function prepare(
  clients: PubSubClients,
  { settings, create, log }: Pick<SinkOptions, 'settings' | 'create' | 'log'>,
): Promise<void> {
  const topology = { clients, names: settings, role: 'publisher', create } as const;
  for (const warning of await ensureTopology(topology)) log.warn({}, warning);
}

function verdictOfTopic(error: unknown) {
  const isAway =
    error instanceof LmsError && (error.code === 'PUBSUB_UNREACHABLE' || isTransient(error.cause));
  return { isPassing: isAway, retryAfterMs: undefined };
}
