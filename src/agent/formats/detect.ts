import type { FormatName } from './format.ts';

/** What a source was found to be written in. */
export interface Detection {
  /** `mixed`: too many lines are of other formats, so that each goes on being read by what it is. */
  readonly format: FormatName | 'mixed';
  /** The share of the lines looked at that are of the most frequent format, 0 to 1. */
  readonly share: number;
  /** How many lines were looked at. */
  readonly lines: number;
}

/** A format is that of a source if so many of its first lines are of it. */
const LINES_TO_DECIDE = 50;
const SHARE_TO_DECIDE = 0.8;

/**
 * Finds the format of a source by its first lines. Those are read each by what it is; from then on all are of the
 * format that was found, and what does not fit is a fault. Text is one only if nothing else was among the lines.
 */
export class FormatDetector {
  readonly #counts = new Map<FormatName, number>();
  #lines = 0;
  #detection: Detection | undefined;

  /** Undefined while there were too few lines to tell. */
  get detection(): Detection | undefined {
    return this.#detection;
  }

  /** A line of the source was of this format. */
  saw(format: FormatName): void {
    if (this.#detection !== undefined) return;
    this.#lines += 1;
    this.#counts.set(format, (this.#counts.get(format) ?? 0) + 1);
    if (this.#lines === LINES_TO_DECIDE) this.#detection = this.guess();
  }

  /** A header says it. */
  decide(format: FormatName): void {
    this.#detection ??= { format, share: 1, lines: 1 };
  }

  /** What the lines so far make it. Undefined without any. */
  guess(): Detection | undefined {
    if (this.#detection !== undefined) return this.#detection;
    let [most, count]: [FormatName, number] = ['text', 0];
    for (const [format, lines] of this.#counts) if (lines > count) [most, count] = [format, lines];
    if (count === 0) return undefined;
    const share = count / this.#lines;
    const isClear = most === 'text' ? count === this.#lines : share >= SHARE_TO_DECIDE;
    return { format: isClear ? most : 'mixed', share, lines: this.#lines };
  }
}
