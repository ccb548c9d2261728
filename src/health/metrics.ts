import type { Watched } from './readiness.ts';

/** A number that is read off the worker when somebody asks for it: it costs nothing while messages pass. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly read: (watched: Watched) => number;
}

/** Numbers that only grow while the process lives. */
export const COUNTERS: readonly Metric[] = [
  {
    name: 'lms_messages_received_total',
    help: 'Messages that the subscription delivered, redeliveries included.',
    read: ({ worker }) => worker.ledger.received,
  },
  {
    name: 'lms_messages_stored_total',
    help: 'Messages whose row was added and counted.',
    read: ({ worker }) => worker.ledger.stored,
  },
  {
    name: 'lms_messages_duplicate_total',
    help: 'Messages whose row was there before: they changed nothing.',
    read: ({ worker }) => worker.ledger.duplicates,
  },
  {
    name: 'lms_messages_released_total',
    help: 'Messages given back unsettled, to be delivered again.',
    read: ({ worker }) => worker.ledger.released,
  },
  {
    name: 'lms_lease_extensions_total',
    help: 'Leases of held messages that were extended; a message counts every time.',
    read: ({ source }) => source.leaseExtensions,
  },
  {
    name: 'lms_stream_reconnects_total',
    help: 'Times that the stream from the subscription was opened again.',
    read: ({ source }) => source.reconnects,
  },
];

/** Numbers that come and go. */
export const GAUGES: readonly Metric[] = [
  {
    name: 'lms_acks_unconfirmed',
    help: 'Acknowledgements on their way or not confirmed: these messages may come again, as duplicates.',
    read: ({ worker }) => worker.ledger.acksUnconfirmed,
  },
  {
    name: 'lms_held_messages',
    help: 'Messages held: delivered, and neither acknowledged nor given back.',
    read: ({ source }) => source.held.messages,
  },
  {
    name: 'lms_held_messages_limit',
    help: 'Reading pauses at this many held messages (MAX_HELD_MESSAGES).',
    read: ({ source }) => source.heldLimit.messages,
  },
  {
    name: 'lms_held_bytes',
    help: 'Bytes of the held messages as they came, and 512 for each.',
    read: ({ source }) => source.held.bytes,
  },
  {
    name: 'lms_held_bytes_limit',
    help: 'Reading pauses at this many held bytes (MAX_HELD_BYTES).',
    read: ({ source }) => source.heldLimit.bytes,
  },
  {
    name: 'lms_oldest_held_age_seconds',
    help: 'How long the oldest held message has been held; 0 if none is.',
    read: ({ source }) => source.oldestHeldMs / 1000,
  },
];
