import { textOf } from '../decoding/line-text.ts';
import { entriesOfEvents, inGroups } from '../files/slice.ts';
import type { LineContext } from '../formats/format.ts';
import type { EventCounts } from '../ports.ts';
import type { EntryOrigin } from '../reading/event-entries.ts';
import { FormatReader } from '../reading/format-reader.ts';
import type { SourceEvent } from '../reading/source-event.ts';
import { SourceReader, type SourceReaderOptions } from '../reading/source-reader.ts';
import type { SpoolBatch } from '../spool/spool.ts';
import { type Frame, SyslogFramer } from './syslog-framer.ts';

/** How what comes in is read. */
export interface ConversationOptions {
  readonly source: Pick<SourceReaderOptions, 'format' | 'starts' | 'zone'>;
  readonly origin: EntryOrigin;
  /** Whether messages may come with their length before them. */
  readonly isSyslog: boolean;
  /** The identity of the next entry: later ones sort behind. */
  readonly nextId: () => string;
}

/** Makes entries of the bytes of one connection, or of a pipe. Pure but for the identities: the time is an argument. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #reader: SourceReader;
  readonly #framer: SyslogFramer | undefined;
  /** Of messages whose length was said. */
  readonly #formats: FormatReader;
  #leftOut = 0;
  #bytes = 0;
  #pushedBytes = 0;

  constructor(options: ConversationOptions) {
    const { source, isSyslog } = options;
    this.#options = options;
    this.#reader = new SourceReader(source);
    this.#framer = isSyslog ? new SyslogFramer() : undefined;
    this.#formats = formatsOf(source);
  }

  /** Bytes that are in no event yet. */
  get pendingBytes(): number {
    return this.#pushedBytes - this.#reader.resumeAt + (this.#framer?.heldBytes ?? 0);
  }

  get format(): string | undefined {
    const { format } = this.#options.source;
    const { wrapping, detection } = this.#reader;
    const found = [wrapping, detection?.format ?? this.#formats.detection?.format];
    return format ?? (found.filter((name) => name !== undefined).join(', ') || undefined);
  }

  push(bytes: Buffer, nowMs: number): SpoolBatch[] {
    this.#bytes += bytes.length;
    const frames: readonly Frame[] = this.#framer?.push(bytes) ?? [{ lines: bytes }];
    return this.#batches(
      frames.flatMap((frame) => this.#events(frame, nowMs)),
      nowMs,
    );
  }

  /** What waited for more; half a line, too, if `unfinishedLine`. */
  flush(nowMs: number, unfinishedLine: boolean): SpoolBatch[] {
    const held = unfinishedLine ? (this.#framer?.end() ?? []) : [];
    return this.#batches(
      [
        ...held.flatMap((frame) => this.#events(frame, nowMs)),
        ...this.#reader.flush(nowMs, { unfinishedLine }),
      ],
      nowMs,
    );
  }

  /** All that there is: nothing more comes. */
  end(nowMs: number): SpoolBatch[] {
    const rest = this.#framer?.end() ?? [];
    const events = rest.flatMap((frame) => this.#events(frame, nowMs));
    return this.#batches([...events, ...this.#reader.end(nowMs)], nowMs);
  }

  #events(frame: Frame, nowMs: number): SourceEvent[] {
    if ('message' in frame)
      return [
        ...this.#reader.flush(nowMs, { unfinishedLine: true }),
        ...messageEvents(frame.message, this.#formats, this.#context(nowMs)),
      ];
    this.#pushedBytes += frame.lines.length;
    return this.#reader.push(frame.lines, nowMs);
  }

  #context(observedMs: number): LineContext {
    return { observedMs, zone: this.#options.source.zone };
  }

  #batches(events: readonly SourceEvent[], nowMs: number): SpoolBatch[] {
    const { origin, nextId } = this.#options;
    const batches: SpoolBatch[] = [];
    for (const group of inGroups(events)) {
      const { entries, counts } = entriesOfEvents(group, { eventId: nextId, observedMs: nowMs, origin });
      batches.push({ entries, counts: { ...counts, bytes: this.#takeBytes() } });
    }
    return this.#withLeftOut(batches);
  }

  /** Blank lines and headers go with the last, or are one by themselves. */
  #withLeftOut(batches: SpoolBatch[]): SpoolBatch[] {
    const { leftOut } = this.#reader.counts;
    const lines = leftOut - this.#leftOut;
    this.#leftOut = leftOut;
    if (lines === 0) return batches;
    const last = batches.pop() ?? { entries: [], counts: { ...NOTHING, bytes: this.#takeBytes() } };
    const { counts } = last;
    return [
      ...batches,
      { ...last, counts: { ...counts, lines: counts.lines + lines, refused: counts.refused + lines } },
    ];
  }

  #takeBytes(): number {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes;
  }
}

const NOTHING: EventCounts = { lines: 0, read: 0, unparsed: 0, joined: 0, refused: 0, bytes: 0 };

/** What reads messages that are whole by themselves. */
export function formatsOf({ format }: ConversationOptions['source']): FormatReader {
  return new FormatReader(format === 'docker' || format === 'cri' ? undefined : format);
}

/** The event of a message that is whole by itself; none if it is blank. Line breaks in it are its own. */
export function messageEvents(bytes: Buffer, formats: FormatReader, context: LineContext): SourceEvent[] {
  const { text, rawBase64 } = textOf(withoutEnd(bytes), 'utf-8');
  if (text.trim() === '') return [];
  const [first = ''] = text.split('\n', 1);
  const { reading, misfit } = formats.read(first, text, context);
  const tags = {
    ...reading.tags,
    ...(rawBase64 !== undefined && { raw_base64: rawBase64 }),
    ...(misfit !== undefined && { parse_error: misfit }),
  };
  const place = { start: 0, end: bytes.length, resumeAt: bytes.length };
  return [{ ...place, lines: 1, isUnfinished: false, isFlushed: false, reading: { ...reading, tags } }];
}

/** What senders put behind a message: a line end, a NUL. */
function withoutEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && [0x00, 0x0a, 0x0d].includes(bytes[end - 1] ?? -1)) end -= 1;
  return bytes.subarray(0, end);
}
