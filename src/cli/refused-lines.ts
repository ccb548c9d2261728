import type { RefusedLine } from '../agent/line-messages.ts';
import { LmsError } from '../errors/catalogue.ts';
import { count } from './progress.ts';

/** So many are told of in full: who has a million of them has one mistake, a million times. */
const MAX_SHOWN = 10;

/** The lines of an input that were not published. */
export class RefusedLines {
  #count = 0;
  readonly #shown: RefusedLine[] = [];

  add(line: RefusedLine): void {
    this.#count += 1;
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(line);
  }

  /** Throws INPUT if there are any, with the numbers of the first and what is wrong with them. */
  requireNone(): void {
    if (this.#count === 0) return;
    const faults = this.#shown.map(({ number, reason }) => `line ${number}: ${reason}`);
    const others = this.#count > MAX_SHOWN ? [`and ${count(this.#count - MAX_SHOWN)} more`] : [];
    const verdict = `${count(this.#count)} ${this.#count === 1 ? 'line was' : 'lines were'} refused and not published`;
    throw new LmsError('INPUT', [...faults, ...others, verdict].join('\n'));
  }
}
