import type { EntryReader, Piece, PieceRequest } from './ports.ts';

/** A reader that tells of every piece that it reads. */
export function watchedReader(
  reader: EntryReader,
  watch: (piece: Piece, request: PieceRequest) => void,
): EntryReader {
  return {
    async piece(request, signal) {
      const piece = await reader.piece(request, signal);
      watch(piece, request);
      return piece;
    },
    entry: (key, signal) => reader.entry(key, signal),
    indexedTags: (signal) => reader.indexedTags(signal),
    keyCounts: (signal) => reader.keyCounts(signal),
    minutes: (request, signal) => reader.minutes(request, signal),
    lastMinute: (request, signal) => reader.lastMinute(request, signal),
    rangeCounts: (ranges, signal) => reader.rangeCounts(ranges, signal),
    rangeSums: (request, signal) => reader.rangeSums(request, signal),
    wordParts: (request, signal) => reader.wordParts(request, signal),
    processes: (signal) => reader.processes(signal),
    close: () => reader.close(),
  };
}
