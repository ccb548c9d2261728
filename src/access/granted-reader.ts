import type { StoredEntry } from '../logs/entry.ts';
import type {
  EntryKey,
  EntryReader,
  KeyCount,
  MinuteRange,
  Minutes,
  MinutesRequest,
  Piece,
  PieceRequest,
  RangeCount,
} from '../query/answers/ports.ts';
import type { Processes } from '../query/answers/processes.ts';
import { type Grant, shownService } from './grant.ts';

/** What the bearer of a grant sees of a reader: his services alone, by the names that he knows. */
export class GrantedReader implements EntryReader {
  readonly #reader: EntryReader;
  readonly #grant: Grant;

  constructor(reader: EntryReader, grant: Grant) {
    this.#reader = reader;
    this.#grant = grant;
  }

  async piece(request: PieceRequest, signal: AbortSignal): Promise<Piece> {
    const piece = await this.#reader.piece(request, signal);
    return { ...piece, entries: this.#shown(piece.entries) };
  }

  async entry(key: EntryKey, signal: AbortSignal): Promise<StoredEntry | undefined> {
    const found = await this.#reader.entry(key, signal);
    return found && this.#shown([found])[0];
  }

  async keyCounts(signal: AbortSignal): Promise<readonly KeyCount[]> {
    return this.#shown(await this.#reader.keyCounts(signal));
  }

  async minutes(request: MinutesRequest, signal: AbortSignal): Promise<Minutes> {
    const minutes = await this.#reader.minutes(request, signal);
    return { ...minutes, counts: this.#shown(minutes.counts) };
  }

  lastMinute(request: MinutesRequest, signal: AbortSignal): Promise<string | undefined> {
    return this.#reader.lastMinute(request, signal);
  }

  async rangeCounts(ranges: readonly MinuteRange[], signal: AbortSignal): Promise<readonly RangeCount[]> {
    return this.#shown(await this.#reader.rangeCounts(ranges, signal));
  }

  processes(signal: AbortSignal): Promise<Processes> {
    return this.#reader.processes(signal);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #shown<Named extends { readonly serviceName: string }>(list: readonly Named[]): Named[] {
    return list.flatMap((each) => {
      const name = shownService(this.#grant, each.serviceName);
      return name === undefined ? [] : [{ ...each, serviceName: name }];
    });
  }
}
