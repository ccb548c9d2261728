import type { EntrySink } from '../../agent/ports.ts';
import { PatientSink } from '../../agent/sinks/patient-sink.ts';
import { TopicTaker } from '../../agent/sinks/topic-taker.ts';
import type { Settings } from '../../config/settings.ts';
import { LmsError } from '../../errors/catalogue.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { type OpenOutage, Outage } from '../../pipeline/outage.ts';
import type { Log } from '../../pipeline/ports.ts';
import { connectPubSub, type PubSubClients } from '../../pubsub/client.ts';
import { isTransient } from '../../pubsub/errors.ts';
import { TopicPublisher } from '../../pubsub/publisher.ts';
import { ensureTopology } from '../../pubsub/topology.ts';
import { EntriesClient, verdictOfServer } from '../../remote/entries.ts';

/** Where an agent sends to, and how patient it is. */
export interface SinkOptions {
  readonly settings: Settings;
  /** Of an `lms serve`; undefined: to the topic of the settings. */
  readonly url: string | undefined;
  /** Whether topic and subscription may be created. */
  readonly create: boolean;
  /** Whether it waits also for what somebody has to mend, once something was taken. */
  readonly isPatient: boolean;
  readonly log: Log;
}

/** A sink, and how it is. */
export interface OpenSink {
  readonly sink: EntrySink;
  /** How many requests at once keep it busy. */
  readonly requestsInFlight: number;
  readonly outage: () => OpenOutage | undefined;
  close(): Promise<void>;
}

/** More gained nothing when it was measured. */
const TOPIC_REQUESTS = 8;
const SERVER_REQUESTS = 4;
/** One try of a publish: it is tried again from here, where it can be said. */
const PUBLISH_MS = 10_000;

/**
 * Opens what takes an agent's entries. Nobody is asked yet: who is away is waited for when there is something to send.
 * Rejects with `LmsError` USAGE if the URL is none, and as `connectPubSub` does.
 */
export async function openSink(options: SinkOptions): Promise<OpenSink> {
  return options.url === undefined ? openTopic(options) : openServer(options.url, options);
}

function openServer(url: string, { settings, isPatient, log }: SinkOptions): OpenSink {
  const taker = new EntriesClient(url, { token: settings.token });
  const outage = new Outage('the server takes no entries', systemClock, log);
  const sink = new PatientSink(taker, { verdictOf: verdictOfServer, isPatient, clock: systemClock, outage });
  return {
    sink,
    requestsInFlight: SERVER_REQUESTS,
    outage: () => outage.current,
    close: () => sink.close(),
  };
}

async function openTopic({ settings, create, isPatient, log }: SinkOptions): Promise<OpenSink> {
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
