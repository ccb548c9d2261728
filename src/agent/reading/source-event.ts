import type { Reading } from '../formats/format.ts';

/** An event of a source. */
export interface SourceEvent {
  /** Offset of its first byte: of no other event of the source. */
  readonly start: number;
  /** Offset behind its last line's end. */
  readonly end: number;
  /**
   * Whoever has this event and all before it has everything up to this offset, and can go on reading here. It may lie
   * before `end`: lines of two streams, or pieces of a line that is not at its end.
   */
  readonly resumeAt: number;
  /** How many lines of the source it is; of pieces of a line, the last counts. */
  readonly lines: number;
  /** Whether its last line had no end. */
  readonly isUnfinished: boolean;
  /** Whether more of it could have come: it was handed over by `flush` or `end`. Read again it may be longer. */
  readonly isFlushed: boolean;
  /** With the tags that `eventTags` adds. */
  readonly reading: Reading;
}

/** What became of the lines of a source. */
export interface ReadCounts {
  /** All of them. */
  readonly lines: number;
  /** In no event, and never in one: blank ones and headers. */
  readonly leftOut: number;
  readonly headerLines: number;
  /** Events that are not of the source's format, and were kept as text. */
  readonly misfits: number;
  /** Bytes of holes of NULs, which were left out. */
  readonly skippedBytes: number;
}
