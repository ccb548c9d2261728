import { type LineContext, type Reading } from '../formats/format.ts';
import { eventTags } from './event-tags.ts';
import type { FormatReader } from './format-reader.ts';
import type { Fragment } from './fragment.ts';
import type { SourceEvent } from './source-event.ts';

/** How an event comes about. */
export interface Making {
  readonly context: LineContext;
  /** Whether nobody waits for the end of its last line any more. */
  readonly isGivenUp: boolean;
  readonly isFlushed: boolean;
  readonly isContinued?: boolean;
}

/** Of a line that comes in pieces: what its first one said. */
interface LongLine {
  readonly start: number;
  readonly reading: Reading;
}

/** Makes events of lines. */
export class EventMaker {
  readonly #formats: FormatReader;
  /** By their streams: a container has two. */
  readonly #longLines = new Map<string, LongLine>();
  #misfits = 0;

  constructor(formats: FormatReader) {
    this.#formats = formats;
  }

  /** Events so far that are not of the source's format. */
  get misfits(): number {
    return this.#misfits;
  }

  /** Where the first line begins of which pieces were made, and not the last; undefined if there is none. */
  get longLineStart(): number | undefined {
    if (this.#longLines.size === 0) return undefined;
    return Math.min(...Array.from(this.#longLines.values(), ({ start }) => start));
  }

  /**
   * An event of one line or several; its reading is made here. `resumeAt` is asked once that is known. The object is
   * made at once: a copy of each costs a twentieth of all of it.
   */
  make(fragments: readonly Fragment[], making: Making, resumeAt: () => number): SourceEvent {
    const [first] = fragments;
    const last = fragments.at(-1);
    if (first === undefined || last === undefined) throw new TypeError('There is no event without a line');
    const { reading, misfit } = this.#readingOf(first, fragments, making.context);
    if (misfit !== undefined) this.#misfits += 1;
    const { isContinued = false, isGivenUp } = making;
    const isPlain =
      fragments.length === 1 && misfit === undefined && !isContinued && !isGivenUp && isPlainLine(first);
    return {
      start: first.start,
      end: last.end,
      resumeAt: resumeAt(),
      lines: fragments.length === 1 ? first.lines : fragments.reduce((sum, { lines }) => sum + lines, 0),
      isUnfinished: !last.isEnded,
      isFlushed: making.isFlushed || !last.isEnded,
      reading: isPlain
        ? reading
        : withTags(reading, eventTags({ fragments, isContinued, misfit, isGivenUp }), first),
    };
  }

  #readingOf(
    first: Fragment,
    fragments: readonly Fragment[],
    context: LineContext,
  ): { readonly reading: Reading; readonly misfit: string | undefined } {
    if (first.piece > 0) return { reading: this.#readPiece(first, context), misfit: undefined };
    const whole = fragments.length === 1 ? first.text : fragments.map(({ text }) => text).join('\n');
    if (first.misfit !== undefined)
      return { reading: this.#formats.readAsText(first.text, whole, context), misfit: first.misfit };
    return this.#formats.read(first.text, whole, context);
  }

  /** Pieces have the time of the first: so they stay together, in their order. */
  #readPiece(fragment: Fragment, context: LineContext): Reading {
    const { text, start } = fragment;
    const stream = fragment.container?.stream ?? '';
    let line = fragment.piece === 1 ? undefined : this.#longLines.get(stream);
    line ??= { start, reading: this.#formats.readAsText(text, text, context) };
    if (fragment.isLastPiece) this.#longLines.delete(stream);
    else this.#longLines.set(stream, line);
    const { reading } = line;
    return { ...reading, payload: text };
  }
}

/** Whether nothing is to be said of the line beside what it says itself. */
function isPlainLine({ container, piece, raw }: Fragment): boolean {
  return container === undefined && piece === 0 && raw[0] === null && raw.length === 1;
}

function withTags(reading: Reading, tags: Reading['tags'], { container }: Fragment): Reading {
  const byRuntime = reading.timestamp === undefined ? container : undefined;
  if (byRuntime === undefined && Object.keys(tags).length === 0) return reading;
  const exact = byRuntime?.exact === undefined ? {} : { timestamp: byRuntime.exact };
  return {
    ...reading,
    timestamp: reading.timestamp ?? byRuntime?.timestamp,
    tags: { ...reading.tags, ...exact, ...tags },
    asMessage: reading.asMessage === 'may' ? 'no' : reading.asMessage,
  };
}
