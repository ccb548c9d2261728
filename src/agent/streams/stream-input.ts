import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { LmsError } from '../../errors/catalogue.ts';
import type { LogEntry } from '../../logs/entry.ts';
import type { EventBatch, EventCounts, Input, InputStatus, ReadOptions } from '../ports.ts';
import { entriesOf, type EntryOrigin } from '../reading/event-entries.ts';
import { sourceOptions } from '../reading/read-options.ts';
import type { SourceEvent } from '../reading/source-event.ts';
import { SourceReader } from '../reading/source-reader.ts';

/** How a stream is read. */
export interface StreamOptions {
  readonly name: string;
  readonly kind: Exclude<Input['kind'], 'files'>;
  readonly read: ReadOptions;
  /** After so long without more, half a line goes as it is, in milliseconds. Undefined: it waits. */
  readonly flushPartialMs: number | undefined;
}

const MAX_EVENTS = 1_000;
const MAX_UNITS = 2_000_000;
/** After so long without more, an event of several lines is whole, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Standard input, or another pipe. What was read and is not confirmed when the process ends without warning is lost:
 * a pipe has it once.
 */
export class StreamInput implements Input {
  readonly name: string;
  readonly kind: Input['kind'];
  readonly #stream: Readable;
  readonly #options: StreamOptions;
  readonly #reader: SourceReader;
  readonly #origin: EntryOrigin;
  /** Of this run: the same line read in another is another. */
  readonly #run = randomBytes(12).toString('hex');
  #sequence = 0;
  #leftOut = 0;
  #bytes = 0;
  #newestTime: string | undefined;
  #state: InputStatus['state'] = 'waiting';

  constructor(stream: Readable, options: StreamOptions) {
    this.name = options.name;
    this.kind = options.kind;
    this.#stream = stream;
    this.#options = options;
    this.#origin = { ...options.read, service: options.read.service ?? options.kind };
    this.#reader = new SourceReader(sourceOptions(options.read));
  }

  async *batches(stop: AbortSignal): AsyncGenerator<EventBatch> {
    const chunks = this.#stream.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer | string>;
    try {
      yield* this.#read(chunks, stop);
      yield* this.#batches(this.#reader.end(Date.now()));
    } finally {
      this.#state = 'ended';
      this.#stream.destroy();
    }
  }

  confirm({ entries }: EventBatch): Promise<void> {
    for (const { timestamp } of entries)
      if (this.#newestTime === undefined || timestamp > this.#newestTime) this.#newestTime = timestamp;
    return Promise.resolve();
  }

  status(): InputStatus {
    const { wrapping, detection } = this.#reader;
    const found = [wrapping, detection?.format].filter((name) => name !== undefined).join(', ');
    const { format } = this.#options.read;
    return {
      name: this.name,
      state: this.#state,
      format: format === 'auto' ? found || undefined : format,
      newestTime: this.#newestTime,
      counters: {},
    };
  }

  close(): Promise<void> {
    this.#stream.destroy();
    return Promise.resolve();
  }

  /** Until the end of the stream, or the stop. */
  async *#read(chunks: AsyncIterator<Buffer | string>, stop: AbortSignal): AsyncGenerator<EventBatch> {
    let next = this.#next(chunks);
    while (!stop.aborted) {
      const result = await unlessLater(next, this.#flushMs, stop);
      if (result === 'later') {
        const unfinishedLine = this.#options.flushPartialMs !== undefined;
        yield* this.#batches(this.#reader.flush(Date.now(), { unfinishedLine }));
      } else if (result === 'stopped' || result.done === true) return;
      else {
        this.#state = 'reading';
        next = this.#next(chunks);
        next.catch(() => undefined);
        const bytes = typeof result.value === 'string' ? Buffer.from(result.value) : result.value;
        this.#bytes += bytes.length;
        yield* this.#batches(this.#reader.push(bytes, Date.now()));
      }
    }
  }

  async #next(chunks: AsyncIterator<Buffer | string>): Promise<IteratorResult<Buffer | string>> {
    try {
      return await chunks.next();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LmsError('INPUT', `cannot read ${this.name}: ${reason}`, { cause: error });
    }
  }

  get #flushMs(): number {
    return this.#options.flushPartialMs ?? FLUSH_MS;
  }

  *#batches(events: readonly SourceEvent[]): Generator<EventBatch> {
    let start = 0;
    let units = 0;
    for (const [index, { reading }] of events.entries()) {
      units += reading.payload.length;
      if (index + 1 - start < MAX_EVENTS && units < MAX_UNITS) continue;
      yield this.#batch(events.slice(start, index + 1));
      [start, units] = [index + 1, 0];
    }
    const rest = this.#batch(events.slice(start));
    if (rest.counts.lines > 0 || rest.entries.length > 0) yield rest;
  }

  #batch(events: readonly SourceEvent[]): EventBatch {
    const ms = Date.now();
    const time = { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
    const entries: LogEntry[] = [];
    const { leftOut } = this.#reader.counts;
    const blank = leftOut - this.#leftOut;
    const counts = { lines: blank, read: 0, unparsed: 0, joined: 0, refused: blank, bytes: this.#bytes };
    [this.#leftOut, this.#bytes] = [leftOut, 0];
    for (const { lines, reading } of events) {
      const made = entriesOf(reading, { id: this.#nextId(), time }, this.#origin);
      for (const entry of made) entries.push(entry);
      counts.lines += lines;
      if (lines > 0)
        tally(counts, { lines, isMade: made.length > 0, isMisfit: 'parse_error' in reading.tags });
    }
    return { entries, counts, place: undefined };
  }

  #nextId(): string {
    this.#sequence += 1;
    return `${this.#run}-${this.#sequence.toString(16).padStart(16, '0')}`;
  }
}

type Counts = { -readonly [Name in keyof EventCounts]: EventCounts[Name] };

function tally(
  counts: Counts,
  {
    lines,
    isMade,
    isMisfit,
  }: { readonly lines: number; readonly isMade: boolean; readonly isMisfit: boolean },
): void {
  counts.joined += lines - 1;
  if (!isMade) counts.refused += 1;
  else if (isMisfit) counts.unparsed += 1;
  else counts.read += 1;
}

/** What is waited for, unless it takes longer or is stopped. */
async function unlessLater<T>(
  waited: Promise<T>,
  limitMs: number,
  stop: AbortSignal,
): Promise<T | 'later' | 'stopped'> {
  const end = Promise.withResolvers<'later' | 'stopped'>();
  const timer = setTimeout(() => {
    end.resolve('later');
  }, limitMs);
  const abort = () => {
    end.resolve('stopped');
  };
  stop.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([waited, end.promise]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', abort);
  }
}
