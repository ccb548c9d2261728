import type { EntrySink } from '../../agent/ports.ts';
import { PatientSink, type Taker } from '../../agent/sinks/patient-sink.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { type OpenOutage, Outage } from '../../pipeline/outage.ts';
import type { Log } from '../../pipeline/ports.ts';
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
const SERVER_REQUESTS = 4;

/**
 * Opens what takes an agent's entries. Nobody is asked yet: who is away is waited for when there is something to send.
 * Rejects with `LmsError` USAGE if the URL is none, and as `connectPubSub` does.
 */
export async function openSink(options: SinkOptions): Promise<OpenSink> {
  if (options.url !== undefined) return openServer(options.url, options);
  // Google's library takes 60 MB, and who sends to a server does not need it.
  const { openTopic } = await import('./open-topic.ts');
  return openTopic(options);
}

function openServer(url: string, { settings, isPatient, log }: SinkOptions): OpenSink {
  const client = new EntriesClient(url, { token: settings.token });
  const taker: Taker = {
    pack: (entries) => ({ send: (stop) => client.take(entries, stop) }),
    close: () => client.close(),
  };
  const outage = new Outage('the server takes no entries', systemClock, log);
  const sink = new PatientSink(taker, { verdictOf: verdictOfServer, isPatient, clock: systemClock, outage });
  return {
    sink,
    requestsInFlight: SERVER_REQUESTS,
    outage: () => outage.current,
    close: () => sink.close(),
  };
}
