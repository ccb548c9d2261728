import type { EntryReader } from './ports.ts';

/** A reader that does what another one does, but for some changes. */
export function readerWith(reader: EntryReader, changes: Partial<EntryReader>): EntryReader {
  const forwarding: EntryReader = {
    extent: reader.extent,
    piece: (request, signal) => reader.piece(request, signal),
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
  return { ...forwarding, ...changes };
}
