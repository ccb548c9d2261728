import type { Output } from '../../app/logging.ts';
import type { Order } from '../../query/answers/ports.ts';
import type { SearchWatch } from '../../query/answers/search-watch.ts';
import type { ZoneClock } from '../../query/zone-clock.ts';

/** A search that is over sooner has nothing to tell. */
const FIRST_MS = 2_000;
/** A line of a terminal is written over this often, elsewhere there is a new one that often. */
const FRAME_MS = 250;
const LINE_MS = 10_000;

/** Says on standard error how far a long search is, until results are shown. */
export class SearchProgress {
  readonly #stderr: Output;
  readonly #clock: ZoneClock;
  readonly #nowMs: () => number;
  #dueMs: number;
  #isShown = false;
  #isOver = false;

  /** `nowMs` only ever grows. */
  constructor(stderr: Output, clock: ZoneClock, nowMs: () => number) {
    this.#stderr = stderr;
    this.#clock = clock;
    this.#nowMs = nowMs;
    this.#dueMs = nowMs() + FIRST_MS;
  }

  readonly watch: SearchWatch = (order, at) => {
    if (this.#isOver || this.#nowMs() < this.#dueMs) return;
    const line = searchedText(order, this.#clock.at(at).local.slice(0, 16));
    const isTerminal = this.#stderr.isTTY === true;
    this.#stderr.write(isTerminal ? `\r${line} (Ctrl-C ends it)\x1b[K` : `lms: ${line}\n`);
    this.#isShown = isTerminal;
    this.#dueMs = this.#nowMs() + (isTerminal ? FRAME_MS : LINE_MS);
  };

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown) this.#stderr.write('\r\x1b[K');
    this.#isShown = false;
  }

  /** Takes the line away for good: something else has the terminal. */
  end(): void {
    this.clear();
    this.#isOver = true;
  }
}

/** How far a search has come, in words. */
export function searchedText(order: Order, time: string): string {
  return order === 'newest' ? `searched back to ${time}` : `searched up to ${time}`;
}
