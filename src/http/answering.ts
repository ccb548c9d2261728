import { BytesInFlight } from './bytes-in-flight.ts';
import type { ServerParts } from './parts.ts';
import { EntryPublisher } from './publishing.ts';
import { QueryGate } from './query-gate.ts';
import type { Answering } from './respond.ts';
import { OUTCOMES, PROTOCOLS, type WatchedNumber } from './server-events.ts';
import { longestWaitMs } from './stored-wait.ts';
import { tailNumbers } from './tail-numbers.ts';

/** What requests are answered with. `ending`: aborted, they are given up. */
export function answeringOf(parts: ServerParts, ending: AbortSignal): Answering {
  const { reader, primary, topic, deadLetters, events, limits, stop } = parts;
  const inFlight = new BytesInFlight(limits.maxBytesInFlight);
  const gate = new QueryGate({
    atOnce: limits.queriesAtOnce,
    atOncePerKey: limits.queriesAtOncePerToken,
    maxWaitMs: limits.queryWaitMs,
  });
  const numbers = [...watchedNumbers(inFlight, gate), ...tailNumbers(parts.tails)];
  events.watch(numbers, { protocols: PROTOCOLS, outcomes: OUTCOMES });
  const publisher = new EntryPublisher({ topic, deadLetters, inFlight });
  const { waitForStored: isUsual, flushIntervalMs } = limits;
  const waits = { isUsual, maxMs: longestWaitMs(flushIntervalMs), stop };
  return {
    reader,
    primary,
    authentication: parts.authentication,
    services: { ...parts, publisher, waits },
    gate,
    inFlight,
    limits: { ...limits, maxBytes: limits.maxBodyBytes },
    stop,
    ending,
  };
}

/** What is looked at whenever the metrics are read. */
export function watchedNumbers(inFlight: BytesInFlight, gate: QueryGate): readonly WatchedNumber[] {
  return [
    {
      name: 'lms_http_bytes_in_flight',
      help: 'Bytes that are held of what was sent: at MAX_BYTES_IN_FLIGHT more is answered 503.',
      read: () => inFlight.bytes,
    },
    { name: 'lms_queries_at_work', help: 'Questions that the database is at.', read: () => gate.atWork },
    { name: 'lms_queries_waiting', help: 'Questions that wait for their turn.', read: () => gate.waiting },
  ];
}
