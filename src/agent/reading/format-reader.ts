import { formatNamed, readAlone } from '../formats/all.ts';
import { type Detection, FormatDetector } from '../formats/detect.ts';
import {
  type Format,
  FORMAT_NAMES,
  type FormatName,
  type LineContext,
  type Reading,
} from '../formats/format.ts';

/** What an event of a source says. */
export interface EventReading {
  readonly reading: Reading;
  /** The format of the source, if the event is not of it. */
  readonly misfit: FormatName | undefined;
}

/**
 * Reads the events of a source in one format: the one that is named, or that its first lines have. What does not fit
 * is text, with the time and the severity that it says by itself.
 */
export class FormatReader {
  readonly #detector = new FormatDetector();
  #format: Format | undefined;
  /** Whether no line was looked at that could be a header. */
  #isFirst = true;

  constructor(name: FormatName | undefined) {
    if (name !== undefined) this.#format = formatNamed(name);
  }

  /** Undefined while there were too few lines to tell, and of a format that was named. */
  get detection(): Detection | undefined {
    return this.#detector.detection;
  }

  /** What the lines so far make it, though they may be too few. Undefined without any, and of a format that was named. */
  get guess(): Detection | undefined {
    return this.#detector.guess();
  }

  /** No header is to come: reading begins in the midst of the source. */
  skipHeader(): void {
    this.#isFirst = false;
  }

  /**
   * Whether the line is a header: no event. The first of its source then says how the others are made; the same may
   * come again.
   */
  isHeader(line: string): boolean {
    if (!this.#isFirst) return this.#format?.repeatsHeader?.(line) ?? false;
    this.#isFirst = false;
    for (const candidate of this.#format === undefined ? FORMAT_NAMES.map(formatNamed) : [this.#format]) {
      const under = candidate.underHeader?.(line);
      if (under === undefined) continue;
      if (this.#format === undefined) this.#detector.decide(under.name);
      this.#format = under;
      return true;
    }
    return false;
  }

  /** What an event says whose first line is `first`, and all lines `whole`. */
  read(first: string, whole: string, context: LineContext): EventReading {
    const format = this.#format;
    if (format === undefined)
      return { reading: this.#readByItself(first, whole, context), misfit: undefined };
    const isWhole = format.readsAllLines === true;
    const reading = format.read(isWhole ? whole : first, context);
    if (reading === undefined)
      return { reading: this.readAsText(first, whole, context), misfit: format.name };
    return { reading: isWhole ? reading : withPayload(reading, whole), misfit: undefined };
  }

  /** What a text says that is no event of the source's format: its time and its severity. */
  readAsText(first: string, whole: string, context: LineContext): Reading {
    const { timestamp, severity } = readAlone(first, context).reading;
    const { tags } = formatNamed('text').read(first, context) ?? { tags: {} };
    return {
      timestamp,
      severity,
      service: undefined,
      host: undefined,
      payload: whole,
      tags,
      asMessage: 'no',
    };
  }

  #readByItself(first: string, whole: string, context: LineContext): Reading {
    const json = whole === first ? undefined : formatNamed('json').read(whole, context);
    const { format, reading } =
      json === undefined ? readAlone(first, context) : { format: 'json' as const, reading: json };
    // What is indented goes on with something: it says nothing of the source.
    if (!/^\s/.test(first)) this.#detector.saw(format);
    const found = this.#detector.detection?.format;
    if (found !== undefined && found !== 'mixed') this.#format = formatNamed(found);
    return json === undefined && whole !== first ? withPayload(reading, whole) : reading;
  }
}

/** The payload is all lines of an event, though the first of them says the rest. */
function withPayload(reading: Reading, payload: string): Reading {
  return reading.payload === payload ? reading : { ...reading, payload, asMessage: 'no' };
}
