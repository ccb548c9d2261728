import type { LiveNote } from './messages.ts';

/** Times of entries, RFC 3339 in UTC. */
export type Range = Pick<LiveNote, 'from' | 'to'>;

/** What is said to be missing and not yet filled. */
export class OpenGaps {
  #open: Range[] = [];

  get isEmpty(): boolean {
    return this.#open.length === 0;
  }

  has({ from, to }: Range): boolean {
    return this.#open.some((gap) => gap.from === from && gap.to === to);
  }

  /** Takes a note. Gaps that meet are filled as one, so that more than one may end at once. */
  take({ kind, from, to }: LiveNote): void {
    if (kind === 'gap' || kind === 'skipped') this.#open.push({ from, to });
    else this.#open = this.#open.filter((gap) => !covers({ from, to }, gap));
  }
}

/** Whether one range has all of another. */
export function covers(whole: Range, part: Range): boolean {
  return textOf(whole.from) <= textOf(part.from) && textOf(part.to) <= textOf(whole.to);
}

/** How long a range is, in milliseconds. */
export function lengthMs({ from, to }: Range): number {
  return Date.parse(to) - Date.parse(from);
}

/** Times of different numbers of digits are in their order as these texts. */
export function textOf(time: string): string {
  return time.slice(0, 19) + time.slice(20, -1).padEnd(9, '0');
}
