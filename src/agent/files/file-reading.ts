import type { EntryOrigin } from '../reading/event-entries.ts';
import type { SourceEvent } from '../reading/source-event.ts';
import { SourceReader, type SourceReaderOptions } from '../reading/source-reader.ts';
import { eventIdAt, type FileRecord, type Observation } from './record.ts';
import { type Confirmed, entriesOfEvents, inGroups, type Mark, NO_COUNTS, type Slice } from './slice.ts';
import { lastOf, SPAN_BYTES, spanOf } from './span.ts';
import type { FileState } from './state.ts';

/** So many of the last bytes are kept: the places before the lines that are not at their end most often are in them. */
const WINDOW_BYTES = 4 * SPAN_BYTES;

/** How the bytes of a file become entries. */
export interface FileReadingOptions {
  readonly state: FileState;
  readonly source: Pick<SourceReaderOptions, 'format' | 'starts' | 'zone'>;
  readonly origin: EntryOrigin;
}

/** Bytes of the file in a row: those before a place, as far as they are kept, and those behind it. */
interface Stretch {
  readonly before: Buffer;
  readonly place: number;
  readonly bytes: Buffer;
}

/** What is known of a file before it is read on. */
export interface Beginning {
  /** The bytes before the record's offset: at least `SPAN_BYTES`, if there are so many. */
  readonly before: Buffer;
  /** The first bytes of the file. */
  readonly head: Buffer;
}

/**
 * Makes slices of the bytes of one file, wherever they are read from, and keeps its record. What was read before and
 * is not confirmed is read again as it was: with the same times, and cut at the same places. No I/O.
 */
export class FileReading implements Confirmed {
  readonly #options: FileReadingOptions;
  readonly #reader: SourceReader;
  #record: FileRecord;
  #position: number;
  #window: Buffer;
  #head: Buffer;
  /** Observations from before, of what is yet to be read again. */
  readonly #again: Observation[];
  /** Whether the state does not know of it yet, or not of what its lines were found to be. */
  #isNew: boolean;
  #leftOut = 0;
  #marked: number;

  constructor(record: FileRecord, beginning: Beginning, options: FileReadingOptions) {
    const { offset, observations } = record;
    const { source, state } = options;
    this.#options = options;
    this.#record = record;
    this.#position = offset;
    this.#marked = offset;
    this.#window = Buffer.from(lastOf(beginning.before, WINDOW_BYTES));
    this.#head = Buffer.from(beginning.head.subarray(0, Math.min(offset, SPAN_BYTES)));
    this.#again = observations.filter(({ end }) => end > offset);
    this.#isNew = !state.isSaved(record.id);
    this.#reader = new SourceReader({
      ...source,
      format: source.format ?? record.format,
      offset,
      encoding: offset > 0 ? (record.encoding ?? 'utf-8') : undefined,
      firstLine: offset > 0 ? firstLineOf(this.#head) : undefined,
    });
  }

  get record(): FileRecord {
    return this.#record;
  }

  /** Offset of the next byte that is to be read. */
  get position(): number {
    return this.#position;
  }

  /** The last bytes before it, at least `SPAN_BYTES` if there are so many. */
  get window(): Buffer {
    return this.#window;
  }

  get head(): Buffer {
    return this.#head;
  }

  /** Whether something was read that is in no event yet. */
  get isPending(): boolean {
    return this.#reader.resumeAt < this.#position;
  }

  /** Whether all that is in events is confirmed. */
  get isConfirmed(): boolean {
    return this.#record.offset >= this.#reader.resumeAt;
  }

  /** Undefined while there were too few lines to tell; at the end of all of them, what they look like. */
  format({ isEnded }: { readonly isEnded: boolean }): string | undefined {
    const { format } = this.#options.source;
    const { wrapping, detection, guess } = this.#reader;
    const found = detection?.format ?? this.#record.format ?? (isEnded ? guess?.format : undefined);
    return (
      format ??
      (wrapping === undefined
        ? found
        : `${wrapping}${found === undefined || found === wrapping ? '' : `, ${found}`}`)
    );
  }

  get skippedBytes(): number {
    return this.#reader.counts.skippedBytes;
  }

  /** Says where the bytes are, and how they stand there. */
  foundAt(where: Partial<Pick<FileRecord, 'home' | 'size' | 'modifiedMs' | 'goneMs'>>): void {
    this.#patch(where);
  }

  /** The slices of what follows, which was read at `nowMs`. */
  take(bytes: Buffer, nowMs: number): Slice[] {
    const slices: Slice[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      const [next] = this.#again;
      const length = next === undefined ? rest.length : Math.min(rest.length, next.end - this.#position);
      if (length > 0) slices.push(...this.#push(rest.subarray(0, length), next?.ms ?? nowMs));
      rest = rest.subarray(length);
      slices.push(...this.#flushAgain());
    }
    return slices;
  }

  /** What is handed over without waiting any longer. */
  flush(kind: NonNullable<Observation['flush']>, nowMs: number): Slice[] {
    // Events that were cut elsewhere are not cut here: what is to be read again may still come.
    if (kind === 'events' && this.#again.length > 0) return [];
    this.#again.length = 0;
    const events = this.#flushed(kind, nowMs);
    if (events.length > 0) this.#observe({ end: this.#position, ms: nowMs, flush: kind });
    return this.#slices(events, nowMs, this.#lastStretch());
  }

  confirm(mark: Mark | undefined): void {
    if (mark === undefined || mark.offset < this.#record.offset) return;
    const observations = this.#record.observations.filter(({ end }) => end > mark.offset);
    this.#patch({ ...mark, observations, encoding: this.#reader.encoding });
  }

  /** Flushes as it was done before at this place. */
  #flushAgain(): Slice[] {
    const slices: Slice[] = [];
    for (let [next] = this.#again; next !== undefined && next.end <= this.#position; [next] = this.#again) {
      this.#again.shift();
      if (next.flush === undefined) continue;
      slices.push(...this.#slices(this.#flushed(next.flush, next.ms), next.ms, this.#lastStretch()));
    }
    return slices;
  }

  #flushed(kind: NonNullable<Observation['flush']>, ms: number): SourceEvent[] {
    return kind === 'end'
      ? this.#reader.end(ms)
      : this.#reader.flush(ms, { unfinishedLine: kind === 'line' });
  }

  #push(bytes: Buffer, ms: number): Slice[] {
    const stretch = { before: this.#window, place: this.#position, bytes };
    const events = this.#reader.push(bytes, ms);
    if (this.#head.length < SPAN_BYTES) this.#growHead(bytes);
    this.#position += bytes.length;
    // A copy: it would keep all that was read.
    this.#window = Buffer.concat([
      lastOf(this.#window, Math.max(0, WINDOW_BYTES - bytes.length)),
      lastOf(bytes, WINDOW_BYTES),
    ]);
    this.#keepFormat();
    if (events.some(({ reading }) => reading.timestamp === undefined))
      this.#observe({ end: this.#position, ms });
    return this.#slices(events, ms, stretch);
  }

  #growHead(bytes: Buffer): void {
    this.#head = Buffer.concat([this.#head, bytes.subarray(0, SPAN_BYTES - this.#head.length)]);
    if (this.#head.length > this.#record.head.bytes) this.#patch({ head: spanOf(this.#head) });
  }

  /** Lines of one format must not become those of another when they are read again. */
  #keepFormat(): void {
    const { wrapping, detection } = this.#reader;
    const found = wrapping ?? (detection?.format === 'mixed' ? undefined : detection?.format);
    if (found === undefined || found === this.#record.format || this.#options.source.format !== undefined)
      return;
    this.#patch({ format: found });
    this.#isNew = true;
  }

  /** Unless it is read again, of which the state knows. */
  #observe(observation: Observation): void {
    if (this.#again.length > 0) return;
    this.#patch({ observations: [...this.#record.observations, observation] });
    this.#isNew = true;
  }

  #slices(events: readonly SourceEvent[], observedMs: number, stretch: Stretch): Slice[] {
    const making = {
      eventId: (offset: number) => eventIdAt(this.#record, offset),
      observedMs,
      origin: this.#options.origin,
    };
    const mustSave = this.#isNew;
    if (mustSave) this.#patch({});
    const slices: Slice[] = [];
    for (const group of inGroups(events)) {
      const { entries, counts } = entriesOfEvents(group, making);
      slices.push(this.#slice({ entries, counts, mustSave }, group.at(-1)?.resumeAt ?? 0, stretch));
    }
    if (slices.length > 0) this.#isNew = false;
    return this.#withLeftOut(slices, stretch);
  }

  #slice(
    made: Pick<Slice, 'entries' | 'mustSave'> & { counts: Omit<Slice['counts'], 'bytes'> },
    offset: number,
    stretch: Stretch,
  ): Slice {
    const mark = markAt(offset, stretch);
    const bytes = Math.max(0, offset - this.#marked);
    this.#marked = Math.max(this.#marked, offset);
    return { reading: this, ...made, counts: { ...made.counts, bytes }, mark };
  }

  /** Blank lines and headers go with the last slice, or are one by themselves. */
  #withLeftOut(slices: Slice[], stretch: Stretch): Slice[] {
    const { leftOut } = this.#reader.counts;
    const lines = leftOut - this.#leftOut;
    this.#leftOut = leftOut;
    if (lines === 0) return slices;
    const last = slices.pop() ?? { entries: [], counts: NO_COUNTS, mustSave: false };
    const counts = { ...last.counts, lines: last.counts.lines + lines, refused: last.counts.refused + lines };
    const slice = this.#slice({ ...last, counts }, this.#reader.resumeAt, stretch);
    return [
      ...slices,
      { ...slice, counts: { ...slice.counts, bytes: slice.counts.bytes + last.counts.bytes } },
    ];
  }

  #lastStretch(): Stretch {
    return { before: this.#window, place: this.#position, bytes: NO_BYTES };
  }

  #patch(change: Partial<FileRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#options.state.put(this.#record);
  }
}

const NO_BYTES = Buffer.alloc(0);

/** Undefined if the bytes before the offset are not at hand. */
function markAt(offset: number, { before, place, bytes }: Stretch): Mark | undefined {
  const start = offset - Math.min(offset, SPAN_BYTES);
  if (start < place - before.length || offset > place + bytes.length) return undefined;
  const behind = bytes.subarray(Math.max(0, start - place), Math.max(0, offset - place));
  if (start >= place) return { offset, before: spanOf(behind) };
  const first = place - before.length;
  const ahead = before.subarray(start - first, Math.min(offset, place) - first);
  return { offset, before: spanOf(Buffer.concat([ahead, behind])) };
}

const LF = 0x0a;

/** The first line, if it is a short one: it may be a header. */
function firstLineOf(head: Buffer): string | undefined {
  const end = head.indexOf(LF);
  return end === -1
    ? undefined
    : head
        .toString('utf8', 0, end)
        .replace(/^\ufeff/, '')
        .replace(/\r$/, '');
}
