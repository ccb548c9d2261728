import type { Output } from '../../app/logging.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { count, ratePerSecond } from './numbers.ts';

/** How far some work is. */
export interface ProgressState {
  /** How many are done. */
  readonly done: number;
  /** The part of the work that this is, 0 to 1; undefined where no end is known. */
  readonly share?: number | undefined;
  /** What else there is to say, in a few words. */
  readonly note?: string | undefined;
}

/** A running display of progress. */
export interface Progress {
  /** Prints whole lines, which on a terminal appear above the bar. */
  print(output: Output, lines: string): void;
  /** Ends the display: the bar is gone, the cursor is back. Idempotent. */
  stop(): void;
}

/** On a terminal the bar moves this often; elsewhere a line is printed that often. */
const FRAME_MS = 100;
const LINE_MS = 5_000;

/** The rate is measured over this time: over less it would jump, over more it would lag behind. */
const RATE_WINDOW_MS = 3_000;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE = '\r\x1b[K';
const CLEAR_REST = '\x1b[K';

/** What is shown, and where. */
export interface ProgressDisplay {
  /** What happens to those that are done, such as `published`. */
  readonly label: string;
  readonly read: () => ProgressState;
  readonly stderr: Output;
  /** The machine's own if left out. */
  readonly clock?: Clock;
}

/**
 * Shows on standard error how far some work is, with its rate: a bar on a terminal, a line every few seconds
 * elsewhere. Stop it when the work is over.
 */
export function showProgress({ label, read, stderr, clock = systemClock }: ProgressDisplay): Progress {
  const gauge = new Gauge(label, read, clock);
  return stderr.isTTY === true ? barOn(stderr, gauge, clock) : linesOn(stderr, gauge, clock);
}

function barOn(terminal: Output, gauge: Gauge, clock: Clock): Progress {
  let isStopped = false;
  // One write for a frame, and the line is overwritten before its rest is cleared: nothing flickers.
  const draw = () => terminal.write(`\r${gauge.bar((terminal.columns ?? 80) - 1)}${CLEAR_REST}`);
  const cancel = every(FRAME_MS, draw, clock);
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    cancel();
    process.off('exit', stop);
    terminal.write(`${CLEAR_LINE}${SHOW_CURSOR}`);
  };
  // A second Ctrl-C, or a reader of our output that has gone, ends the process where it stands.
  process.once('exit', stop);
  terminal.write(HIDE_CURSOR);
  draw();
  return {
    stop,
    print(output, lines) {
      if (!isStopped) terminal.write(CLEAR_LINE);
      output.write(lines);
      if (!isStopped) draw();
    },
  };
}

function linesOn(stderr: Output, gauge: Gauge, clock: Clock): Progress {
  const cancel = every(LINE_MS, () => stderr.write(`${gauge.line()}\n`), clock);
  return { print: (output, lines) => void output.write(lines), stop: cancel };
}

function every(periodMs: number, task: () => void, clock: Clock): () => void {
  const run = () => {
    cancel = clock.schedule(periodMs, run);
    task();
  };
  let cancel = clock.schedule(periodMs, run);
  return () => {
    cancel();
  };
}

/** Makes texts of how far the work is, with its rate. */
class Gauge {
  readonly #label: string;
  readonly #read: () => ProgressState;
  readonly #clock: Clock;
  readonly #startMs: number;
  /** Earlier readings, oldest first; the first is the one that the rate is measured from. */
  readonly #earlier: { readonly atMs: number; readonly done: number }[] = [];

  constructor(label: string, read: () => ProgressState, clock: Clock) {
    this.#label = label;
    this.#read = read;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#earlier.push({ atMs: this.#startMs, done: read().done });
  }

  /** For a terminal, of at most that many columns. */
  bar(columns: number): string {
    const { done, share, note } = this.#read();
    const before = `${this.#label} ${count(done)}`;
    const after = `${percent(share)}${this.#rate(done)}  ${minutes(this.#clock.now() - this.#startMs)}`;
    const cells = share === undefined ? 0 : Math.min(30, columns - before.length - after.length - 4);
    const bar = share === undefined || cells < 5 ? '' : `${cellsOf(share, cells)}  `;
    return `${before}  ${bar}${after}${noted(note)}`.slice(0, columns);
  }

  /** For a log. */
  line(): string {
    const { done, share, note } = this.#read();
    return `${this.#label} ${count(done)}  ${percent(share)}${this.#rate(done)}${noted(note)}`;
  }

  #rate(done: number): string {
    const nowMs = this.#clock.now();
    this.#earlier.push({ atMs: nowMs, done });
    while (nowMs - (this.#earlier[1]?.atMs ?? nowMs) >= RATE_WINDOW_MS) this.#earlier.shift();
    const [first] = this.#earlier;
    return ratePerSecond(done - (first?.done ?? 0), nowMs - (first?.atMs ?? nowMs));
  }
}

function noted(note: string | undefined): string {
  return note === undefined ? '' : `  ${note}`;
}

function cellsOf(share: number, cells: number): string {
  const full = Math.round(share * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${String(Math.floor(share * 100)).padStart(3)}%  `;
}

function minutes(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
