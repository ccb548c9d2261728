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
    read: ({ worker }) => worker.ledger.messages,
  },
  {
    name: 'lms_entries_received_total',
    help: 'Log entries in these messages: one each, as a rule.',
    read: ({ worker }) => worker.ledger.received,
  },
  {
    name: 'lms_entries_stored_total',
    help: 'Entries whose row was added and counted.',
    read: ({ worker }) => worker.ledger.stored,
  },
  {
    name: 'lms_entries_duplicate_total',
    help: 'Entries whose row was there before: they changed nothing.',
    read: ({ worker }) => worker.ledger.duplicates,
  },
  {
    name: 'lms_entries_discarded_total',
    help: 'Entries that DISCARD says are not to be kept, redeliveries included.',
    read: ({ worker }) => worker.ledger.discarded,
  },
  {
    name: 'lms_entries_redacted_total',
    help: 'Entries of which REDACT replaced something, redeliveries included.',
    read: ({ worker }) => worker.screening?.redactedEntries ?? 0,
  },
  {
    name: 'lms_entries_released_total',
    help: 'Entries given back unsettled with their messages, to be delivered again.',
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
  {
    name: 'lms_refuses_rows',
    help: '1 while the database refuses rows that are kept: the table is at fault, or too few were tried to tell.',
    read: ({ worker }) => (worker.refusesRows ? 1 : 0),
  },
  {
    name: 'lms_dead_letters_waiting',
    help: 'Dead letters that their topic has not taken yet: their messages are held.',
    read: ({ worker }) => worker.waitingLetters.letters,
  },
  {
    name: 'lms_oldest_dead_letter_age_seconds',
    help: 'How long the message of the oldest waiting dead letter has been held; 0 if none waits.',
    read: ({ worker }) => worker.waitingLetters.oldestMs / 1000,
  },
];
