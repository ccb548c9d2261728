import type { EntryReader, Piece, PieceRequest } from './ports.ts';
import { readerWith } from './reader-with.ts';

/** A reader that tells of every piece that it reads. */
export function watchedReader(
  reader: EntryReader,
  watch: (piece: Piece, request: PieceRequest) => void,
): EntryReader {
  return readerWith(reader, {
    async piece(request, signal) {
      const piece = await reader.piece(request, signal);
      watch(piece, request);
      return piece;
    },
  });
}
