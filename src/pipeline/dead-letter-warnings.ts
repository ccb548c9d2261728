import type { RejectionCode } from '../logs/rejection.ts';
import type { Clock, DeadLetter, Log } from './ports.ts';

const QUIET_MS = 30_000;

/** Letters of one code since its last line. */
interface Unsaid {
  messages: number;
  entries: number;
  readonly cancel: () => void;
}

/**
 * Warns of dead letters, so that none is silent: at once, then at most every 30 s a line for each code,
 * however many there are. A line has the code and counts, and nothing of the messages.
 */
export class DeadLetterWarnings {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #unsaid = new Map<RejectionCode, Unsaid>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The dead-letter topic has these. */
  published(letters: readonly DeadLetter[]): void {
    const counts = new Map<RejectionCode, { messages: number; entries: number }>();
    for (const { rejection, entries = 1 } of letters) {
      const count = counts.get(rejection.code) ?? { messages: 0, entries: 0 };
      count.messages += 1;
      count.entries += entries;
      counts.set(rejection.code, count);
    }
    for (const [code, { messages, entries }] of counts) {
      const unsaid = this.#unsaid.get(code);
      if (unsaid === undefined) {
        this.#say(code, messages, entries);
      } else {
        unsaid.messages += messages;
        unsaid.entries += entries;
      }
    }
  }

  /** Says what was not said yet. Nothing more may be published. */
  close(): void {
    for (const [code, { messages, entries, cancel }] of this.#unsaid) {
      cancel();
      if (messages > 0) this.#warn(code, messages, entries);
    }
    this.#unsaid.clear();
  }

  #say(code: RejectionCode, messages: number, entries: number): void {
    this.#warn(code, messages, entries);
    const cancel = this.#clock.schedule(QUIET_MS, () => {
      const unsaid = this.#unsaid.get(code);
      this.#unsaid.delete(code);
      if (unsaid && unsaid.messages > 0) this.#say(code, unsaid.messages, unsaid.entries);
    });
    this.#unsaid.set(code, { messages: 0, entries: 0, cancel });
  }

  #warn(code: RejectionCode, messages: number, entries: number): void {
    this.#log.warn({ code, messages, entries }, 'dead-lettered: cannot become rows');
  }
}
