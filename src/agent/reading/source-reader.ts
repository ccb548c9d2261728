import type { Encoding } from '../decoding/encoding.ts';
import { type Line, LineSplitter } from '../decoding/line-splitter.ts';
import { textOf } from '../decoding/line-text.ts';
import { WRAPPING_NAMES, type WrappingName } from '../formats/containers.ts';
import type { Detection } from '../formats/detect.ts';
import { FORMAT_NAMES, type FormatName, type LineContext } from '../formats/format.ts';
import type { Zone } from '../formats/zone.ts';
import { EventJoiner, type JoinedLines } from '../multiline/event-joiner.ts';
import { EventMaker, type Making } from './event-maker.ts';
import { FormatReader } from './format-reader.ts';
import { type Fragment, fragmentOf } from './fragment.ts';
import { PartJoiner } from './part-joiner.ts';
import type { ReadCounts, SourceEvent } from './source-event.ts';
import { Unwrapper } from './unwrapper.ts';

/** Lines up to this size are whole. */
const MAX_LINE_BYTES = 1_048_576;
const MAX_EVENT_LINES = 1_000;
const MAX_EVENT_UNITS = 1_048_576;

/** What a source may be told to be, by the names that `--format` takes. */
export const SOURCE_FORMATS: readonly SourceFormat[] = [...FORMAT_NAMES, ...WRAPPING_NAMES];

/** A format of lines, or a container runtime around lines of any. */
export type SourceFormat = FormatName | WrappingName;

/** How a source is read. */
export interface SourceReaderOptions {
  /** Undefined: what its first lines are. */
  readonly format?: SourceFormat | undefined;
  /** Joins lines to events: `auto`, or by how the first line of one begins. Undefined: each line is an event. */
  readonly starts?: 'auto' | RegExp | undefined;
  /** Of times that name none. */
  readonly zone: Zone;
  /** At least 16. */
  readonly maxLineBytes?: number | undefined;
  /** Undefined: by the byte order mark, if reading begins at offset 0. */
  readonly encoding?: Encoding | undefined;
  /** The offset at which reading begins: the beginning of a line. */
  readonly offset?: number | undefined;
  /** The first line of the source, if reading begins behind it: it may be a header. */
  readonly firstLine?: string | undefined;
}

/** How lines that were taken become events. */
interface Step extends Making {
  /** Offset behind the line that was looked at last. */
  readonly at: number;
}

/** A step, and where its events go. */
interface Passing {
  readonly step: Step;
  readonly events: SourceEvent[];
}

/** Lines of one stream on their way to events. */
interface Lane {
  readonly parts: PartJoiner;
  readonly joiner: EventJoiner<Fragment> | undefined;
}

/**
 * Makes events of the bytes of a source: the same ones, wherever the chunks end. Pure: the time is an argument.
 * Bounded: it holds one unfinished line and for each stream of a container one unfinished event.
 */
export class SourceReader {
  readonly #options: SourceReaderOptions;
  readonly #splitter: LineSplitter;
  readonly #formats: FormatReader;
  readonly #lanes = new Map<string, Lane>();
  readonly #unwrapper: Unwrapper;
  readonly #events: EventMaker;
  #lines = 0;
  #eventLines = 0;
  #headerLines = 0;

  constructor(options: SourceReaderOptions) {
    const { format, maxLineBytes = MAX_LINE_BYTES, encoding, offset, firstLine } = options;
    this.#options = options;
    this.#splitter = new LineSplitter({ maxLineBytes, encoding, offset });
    this.#unwrapper = new Unwrapper(format, format === undefined);
    this.#formats = new FormatReader(FORMAT_NAMES.find((name) => name === format));
    this.#events = new EventMaker(this.#formats);
    if (firstLine !== undefined) this.#formats.isHeader(firstLine);
    if ((offset ?? 0) > 0) this.#formats.skipHeader();
  }

  /** The container runtime that wrote the source; undefined if none did, or there were too few lines to tell. */
  get wrapping(): WrappingName | undefined {
    return this.#unwrapper.name;
  }

  /** What the lines are written in, those of the program in a container. Undefined while there were too few. */
  get detection(): Detection | undefined {
    return this.#formats.detection;
  }

  /** The same of the lines so far, though they may be too few. Undefined without any. */
  get guess(): Detection | undefined {
    return this.#formats.guess;
  }

  /** Undefined until the first bytes have said it. */
  get encoding(): Encoding | undefined {
    return this.#splitter.encoding;
  }

  get counts(): ReadCounts {
    return {
      lines: this.#lines,
      leftOut: this.#lines - this.#eventLines - this.#pendingLines(),
      headerLines: this.#headerLines,
      misfits: this.#events.misfits,
      skippedBytes: this.#splitter.skippedBytes,
    };
  }

  /** What lies before this offset is in events that were handed over. */
  get resumeAt(): number {
    return this.#resumeAt(this.#splitter.pendingStart);
  }

  /** The events that are complete with this chunk, which was read at `observedMs`. */
  push(chunk: Uint8Array, observedMs: number): SourceEvent[] {
    return this.#take(this.#splitter.push(chunk), this.#contextAt(observedMs), false);
  }

  /**
   * The events that wait for lines that may go on with them: for who has waited for long enough. With
   * `unfinishedLine` the line without an end, too: tagged `unfinished`.
   */
  flush(observedMs: number, { unfinishedLine = false } = {}): SourceEvent[] {
    const context = this.#contextAt(observedMs);
    const events = unfinishedLine ? this.#take(this.#splitter.end(), context, true) : [];
    events.push(...this.#flushLanes(context, unfinishedLine));
    return events;
  }

  /** All that there is: no more is to come. */
  end(observedMs: number): SourceEvent[] {
    const context = this.#contextAt(observedMs);
    const events = this.#take(this.#splitter.end(), context, false);
    events.push(...this.#flushLanes(context, true));
    return events;
  }

  #contextAt(observedMs: number): LineContext {
    return { observedMs, zone: this.#options.zone };
  }

  #take(lines: readonly Line[], context: LineContext, isGivenUp: boolean): SourceEvent[] {
    const events: SourceEvent[] = [];
    const { encoding = 'utf-8' } = this.#splitter;
    for (const line of lines) {
      const fragment = this.#unwrapper.open(fragmentOf(line, textOf(line.bytes, encoding)));
      this.#lines += fragment.lines;
      const step = { context, isGivenUp: isGivenUp && !line.isEnded, isFlushed: false, at: line.end };
      if (fragment.container === undefined && this.#options.starts === undefined) {
        this.#pass(fragment, step, events);
        continue;
      }
      const lane = this.#laneOf(fragment.container?.stream ?? '');
      for (const whole of lane.parts.push(fragment)) this.#throughLane(lane, whole, { step, events });
    }
    return events;
  }

  #throughLane({ joiner }: Lane, fragment: Fragment, { step, events }: Passing): void {
    if (joiner !== undefined && fragment.piece === 0) {
      if (!this.#isHeader(fragment)) this.#passJoined(joiner.push(fragment, step.context), step, events);
      return;
    }
    // A piece is an event of its own, behind what waits.
    if (joiner !== undefined) this.#passJoined(joiner.flush(), { ...step, at: fragment.start }, events);
    this.#pass(fragment, step, events);
  }

  #flushLanes(context: LineContext, unfinishedLine: boolean): SourceEvent[] {
    const events: SourceEvent[] = [];
    const step = { context, isGivenUp: false, isFlushed: true, at: this.#splitter.pendingStart };
    for (const lane of this.#lanes.values()) {
      const parts = unfinishedLine ? lane.parts.flush() : [];
      for (const part of parts) this.#throughLane(lane, part, { step: { ...step, isGivenUp: true }, events });
      if (lane.joiner !== undefined) this.#passJoined(lane.joiner.flush(), step, events);
    }
    return events;
  }

  #pass(fragment: Fragment, step: Step, events: SourceEvent[]): void {
    if (fragment.piece > 0 || !(fragment.text.trim() === '' || this.#isHeader(fragment)))
      this.#passJoined([{ lines: [fragment], isContinued: false }], step, events);
  }

  #passJoined(joined: readonly JoinedLines<Fragment>[], step: Step, events: SourceEvent[]): void {
    for (const { lines, isContinued } of joined) {
      const making = isContinued ? { ...step, isContinued } : step;
      const event = this.#events.make(lines, making, () => this.#resumeAt(step.at));
      this.#eventLines += event.lines;
      events.push(event);
    }
  }

  #laneOf(stream: string): Lane {
    let lane = this.#lanes.get(stream);
    if (lane === undefined) {
      const { starts } = this.#options;
      const limits = { maxLines: MAX_EVENT_LINES, maxUnits: MAX_EVENT_UNITS };
      lane = {
        parts: new PartJoiner(this.#options.maxLineBytes ?? MAX_LINE_BYTES),
        joiner: starts === undefined ? undefined : new EventJoiner<Fragment>({ starts, ...limits }),
      };
      this.#lanes.set(stream, lane);
    }
    return lane;
  }

  #pendingLines(): number {
    let sum = 0;
    for (const { parts, joiner } of this.#lanes.values()) {
      sum += parts.pendingLines;
      for (const { lines } of joiner?.pending ?? []) sum += lines;
    }
    return sum;
  }

  #isHeader({ text }: Fragment): boolean {
    if (!this.#formats.isHeader(text)) return false;
    this.#headerLines += 1;
    return true;
  }

  /** What lies before this offset was handed over, if the lines before `at` were looked at. */
  #resumeAt(at: number): number {
    let resumeAt = Math.min(at, this.#events.longLineStart ?? at);
    for (const { parts, joiner } of this.#lanes.values())
      resumeAt = Math.min(resumeAt, parts.pendingStart ?? at, joiner?.firstPending?.start ?? at);
    return resumeAt;
  }
}
