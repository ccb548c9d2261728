import { atExit } from './at-exit.ts';
import { type Entry, entryLine } from './entry.ts';
import { idSequence } from './ids.ts';
import type { LimitOptions } from './limits.ts';
import { type Say, sayOnStderr } from './notices.ts';
import { type Counts, Sender } from './sender.ts';
import { serviceOfProcess } from './service.ts';
import { sinkOf, type TargetOptions } from './target.ts';

/** What a publisher may be told; where entries go has to be known, by option or environment. */
export interface PublisherOptions extends TargetOptions, LimitOptions {
  /**
   * The service of entries that name none. Default: LMS_SERVICE, OTEL_SERVICE_NAME or K_SERVICE of the
   * environment, else the name of the package that runs.
   */
  readonly service?: string;
  /**
   * What becomes of an entry that finds the queue full: `drop` counts it as lost, `wait` leaves it to the
   * caller, who waits for `room()` and writes it again. Default: `drop`.
   */
  readonly whenFull?: 'drop' | 'wait';
  /** How long `close()` and the end of the process wait for confirmations, in milliseconds. Default: 5,000. */
  readonly closeTimeoutMs?: number;
  /** Told in one line each what goes wrong, and what was lost. Default: standard error, also if it throws. */
  readonly onNotice?: Say;
}

/** Sends log entries in the background. */
export interface Publisher extends AsyncDisposable {
  /**
   * Takes an entry and returns true; false if the queue is full or the publisher closed, and the entry was not
   * taken. Never throws because of what the entry holds.
   */
  write(entry: Entry): boolean;
  /** Resolves to true as soon as `write` may take another entry, to false if it never will again. */
  room(): Promise<boolean>;
  /**
   * Sends at once what was written until now and resolves when all of it is confirmed, or after `timeoutMs`
   * (default: that of `close`). `held` of the counts says what is not.
   */
  flush(timeoutMs?: number): Promise<Counts>;
  /** The same for the last time: what is not confirmed then is given up, counted as `unsent`, and said. */
  close(timeoutMs?: number): Promise<Counts>;
  /** What became of the entries so far. */
  readonly counts: Counts;
}

const CLOSE_TIMEOUT_MS = 5_000;

/**
 * A publisher to a topic of Pub/Sub or to a server of LMS. An entry counts as confirmed once the other side
 * has said that it has it, and what is not is sent again for as long as the process runs.
 *
 * A process that ends by itself sends what is left first. One that calls `process.exit()` should await
 * `close()` before: what is left then is lost, and said.
 *
 * Throws if the options name no place to send to.
 */
export function createPublisher(options: PublisherOptions = {}): Publisher {
  return new EntryPublisher(options);
}

class EntryPublisher implements Publisher {
  readonly #sender: Sender;
  readonly #service: string;
  readonly #counts: boolean;
  readonly #closeTimeoutMs: number;
  readonly #nextId = idSequence();
  readonly #forget: () => void;
  /** Whether anything was written since the process last had nothing else to do. */
  #isFresh = false;

  constructor(options: PublisherOptions) {
    const { service, whenFull = 'drop', closeTimeoutMs = CLOSE_TIMEOUT_MS, onNotice = sayOnStderr } = options;
    this.#sender = new Sender(sinkOf(options, process.env), onNotice, options);
    this.#service = service ?? serviceOfProcess(process.env, process.cwd());
    this.#counts = whenFull === 'drop';
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#forget = atExit({
      beforeExit: () => {
        // Once: it is asked again when this has taken too long.
        if (!this.#isFresh) return;
        this.#isFresh = false;
        void this.flush();
      },
      exit: () => this.#sender.giveUp(),
    });
  }

  get counts(): Counts {
    return this.#sender.counts;
  }

  write(entry: Entry): boolean {
    this.#isFresh = true;
    if (this.#sender.hasRoom()) {
      const circumstances = { id: this.#nextId(), nowMs: Date.now(), service: this.#service };
      if (this.#sender.add(entryLine(entry, circumstances))) return true;
    }
    if (this.#counts) this.#sender.drop();
    return false;
  }

  room(): Promise<boolean> {
    return this.#sender.room();
  }

  flush(timeoutMs = this.#closeTimeoutMs): Promise<Counts> {
    return this.#sender.flush(timeoutMs);
  }

  async close(timeoutMs = this.#closeTimeoutMs): Promise<Counts> {
    const counts = await this.#sender.close(timeoutMs);
    this.#forget();
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
