import type { EntryReader, Order } from '../query/answers/ports.ts';

/** Told how far a search has come: in which order, and the time up to which all was looked at. */
export type SearchWatch = (order: Order, at: string) => void;

/** A reader that tells how far it has come. */
export function watchedReader(reader: EntryReader, watch: SearchWatch): EntryReader {
  return {
    async piece(request, signal) {
      const piece = await reader.piece(request, signal);
      if (piece.end !== undefined) watch(request.stretch.order, piece.end.timestamp);
      return piece;
    },
    entry: (key, signal) => reader.entry(key, signal),
    keyCounts: (signal) => reader.keyCounts(signal),
    minutes: (request, signal) => reader.minutes(request, signal),
    lastMinute: (request, signal) => reader.lastMinute(request, signal),
    rangeCounts: (ranges, signal) => reader.rangeCounts(ranges, signal),
    processes: (signal) => reader.processes(signal),
    close: () => reader.close(),
  };
}
