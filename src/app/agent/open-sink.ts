import { PatientSink, type Taker } from '../../agent/sinks/patient-sink.ts';
import { systemClock } from '../../pipeline/clock.ts';
import { Outage } from '../../pipeline/outage.ts';
import { EntriesClient, verdictOfServer } from '../../remote/entries.ts';
import type { OpenSink, SinkOptions } from './sink-options.ts';

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
