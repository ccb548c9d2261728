import type { EntryReader, Order } from './ports.ts';
import { watchedReader } from './watched-reader.ts';

/** Told how far a search has come: in which order, and the time up to which all was looked at. */
export type SearchWatch = (order: Order, at: string) => void;

/** A reader that tells how far it has come. */
export function searchWatched(reader: EntryReader, watch: SearchWatch): EntryReader {
  return watchedReader(reader, ({ end }, { stretch }) => {
    if (end !== undefined) watch(stretch.order, end.timestamp);
  });
}
