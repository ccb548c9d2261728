import type { Fragment } from './fragment.ts';

/**
 * Joins the parts in which a container runtime writes long lines of one stream. Of a line that is longer than
 * `maxUnits` pieces are handed over.
 */
export class PartJoiner {
  readonly #maxUnits: number;
  #parts: Fragment[] = [];
  #units = 0;
  #piece = 0;
  #lineStart: number | undefined;

  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  /** Offset at which the unfinished line begins, pieces included that were handed over. Undefined without one. */
  get pendingStart(): number | undefined {
    return this.#lineStart;
  }

  /** Lines of the source that wait for more. */
  get pendingLines(): number {
    return this.#parts.reduce((sum, { lines }) => sum + lines, 0);
  }

  /** What is complete with this part: a line, or pieces of one. */
  push(part: Fragment): Fragment[] {
    const done: Fragment[] = [];
    if (this.#units + part.text.length > this.#maxUnits) done.push(...this.#take(false));
    this.#lineStart ??= part.start;
    this.#parts.push(part);
    this.#units += part.text.length;
    if (part.container?.isPartial !== true) done.push(...this.#take(true));
    return done;
  }

  /** The unfinished line, if there is one. */
  flush(): Fragment[] {
    return this.#take(true).map((fragment) => ({ ...fragment, isEnded: false }));
  }

  #take(isLast: boolean): Fragment[] {
    const parts = this.#parts;
    const [first] = parts;
    const last = parts.at(-1);
    if (first === undefined || last === undefined) return [];
    if (!isLast || this.#piece > 0) this.#piece += 1;
    const piece = this.#piece;
    this.#parts = [];
    this.#units = 0;
    if (isLast) {
      this.#piece = 0;
      this.#lineStart = undefined;
    }
    if (parts.length === 1 && piece === 0) return [first];
    const joined = {
      text: parts.map(({ text }) => text).join(''),
      raw: parts.flatMap(({ raw }) => raw),
      lines: parts.reduce((sum, { lines }) => sum + lines, 0),
    };
    return [{ ...first, ...joined, piece, isLastPiece: isLast, end: last.end, isEnded: last.isEnded }];
  }
}
