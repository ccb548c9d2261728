import type { LiveTails, TailNumbers } from '../live/live-tails.ts';
import type { WatchedNumber } from './server-events.ts';

/** What is looked at of live tails whenever the metrics are read; nothing where there are none. */
export function tailNumbers(tails: LiveTails | undefined): readonly WatchedNumber[] {
  const number = (name: string, help: string, read: (numbers: TailNumbers) => number): WatchedNumber => ({
    name,
    help,
    isCounter: name.endsWith('_total'),
    read: () => (tails === undefined ? 0 : read(tails.numbers)),
  });
  return [
    number('lms_tails_open', 'Live tails that are open.', ({ open }) => open),
    number('lms_tail_entries_total', 'Entries that were shown in live tails.', ({ entries }) => entries),
    number(
      'lms_tail_skipped_total',
      'Entries that were left out because whoever reads is slow.',
      ({ skipped }) => skipped,
    ),
    number(
      'lms_tail_lag_seconds',
      'How far live tails are behind what is published.',
      ({ lagMs }) => lagMs / 1_000,
    ),
    number(
      'lms_tail_ring_entries',
      'Entries that are kept for tails that were cut off.',
      ({ ringEntries }) => ringEntries,
    ),
    number(
      'lms_tail_ring_bytes',
      'About what they take: TAIL_RING_BYTES at most.',
      ({ ringBytes }) => ringBytes,
    ),
  ];
}
