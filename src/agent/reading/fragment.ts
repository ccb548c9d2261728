import type { Line } from '../decoding/line-splitter.ts';
import type { LineText } from '../decoding/line-text.ts';
import type { Unwrapped, WrappingName } from '../formats/containers.ts';

/** A line on its way to an event: what a program wrote, and where that stands in the source. */
export interface Fragment {
  readonly text: string;
  /** Of each line of the source that it is: its bytes in base64 if the text does not say all of them, else null. */
  readonly raw: readonly (string | null)[];
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its line end. */
  readonly end: number;
  /** How many lines of the source it is: a container's line may come in parts. */
  readonly lines: number;
  /** Which piece of a line that was too long it is, from 1; 0: it is a whole line. */
  readonly piece: number;
  readonly isLastPiece: boolean;
  /** Whether it is all that it will be: a line without an end may go on. */
  readonly isEnded: boolean;
  /** What the container runtime says of it. */
  readonly container: Unwrapped | undefined;
  /** Of a line that should have been a container's and is not: whose. */
  readonly misfit: WrappingName | undefined;
}

const NOT_RAW = [null] as const;

/** A line of a source as it came. */
export function fragmentOf(line: Line, { text, rawBase64 }: LineText): Fragment {
  return {
    text,
    raw: rawBase64 === undefined ? NOT_RAW : [rawBase64],
    start: line.start,
    end: line.end,
    lines: line.isLast ? 1 : 0,
    piece: line.piece,
    isLastPiece: line.isLast,
    isEnded: line.isEnded,
    container: undefined,
    misfit: undefined,
  };
}
