import build from 'pino-abstract-transport';
import { idSequence } from './ids.ts';
import type { LimitOptions } from './limits.ts';
import { type Say, sayOnStderr } from './notices.ts';
import { type Naming, type PinoConfig, pinoLine } from './pino-record.ts';
import { Sender } from './sender.ts';
import { serviceOfProcess } from './service.ts';
import { sinkOf, type TargetOptions } from './target.ts';

/** Options of the transport; where lines go has to be known, by option or environment. */
export interface PinoTransportOptions extends TargetOptions, LimitOptions {
  /**
   * The service of all lines, whatever they say. Default: what a line says (`service`, `name` and other names,
   * see docs/formats.md), else LMS_SERVICE, OTEL_SERVICE_NAME or K_SERVICE of the environment, else the name of
   * the package that runs.
   */
  readonly service?: string;
  /**
   * How long the end of the process waits for confirmations, in milliseconds: 6,500 at most, for pino itself
   * waits 10 s, in which lines may have to wait for room as well. Default: 5,000.
   */
  readonly closeTimeoutMs?: number;
}

const CLOSE_TIMEOUT_MS = 5_000;
/** With LONGEST_WAIT_MS it is less than the 10 s after which pino gives up. */
const LONGEST_CLOSE_MS = 6_500;
/**
 * How long a part of the log, up to 4 MB, may wait for room, all in all. pino gives up after 10 s, the transport
 * with it.
 */
const LONGEST_WAIT_MS = 3_000;

/** What it is before pino has told, or if it never does. */
const USUAL: PinoConfig = {
  levels: {
    labels: { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' },
    values: { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 },
  },
  messageKey: 'msg',
};

const ANY_LINE = {};

/**
 * The transport of pino, which runs it in a worker thread:
 * `pino({ transport: { target: 'lms-log/pino', options: { url: 'http://lms:8080' } } })`.
 *
 * Lines are sent in batches, each again until it is confirmed. The queue is bounded: as long as the other side
 * takes something pino waits, and while it does not, what finds no room is dropped, counted, and said on
 * standard error. The thread never fails because of what happens to the log: that would end the process.
 *
 * Rejects if the options name no place to send to.
 */
export default async function transport(options: PinoTransportOptions = {}) {
  const lines = new Lines(options, sayOnStderr);
  const stream = await build((source) => lines.read(source), {
    parse: 'lines',
    // A line is read once, by us, and not at all if there is no room for it.
    parseLine: () => ANY_LINE,
    metadata: false,
    expectPinoConfig: true,
    close: () => lines.close(),
  });
  // pino's `logger.flush(done)` asks for it.
  return Object.assign(stream, { flush: () => lines.flush() });
}

/** A stream of lines, as pino-abstract-transport makes it. */
interface LineSource extends AsyncIterable<unknown>, Partial<PinoConfig> {
  readonly writableLength: number;
  on(event: 'drain', listener: () => void): unknown;
  on(event: 'unknown', listener: (line: string) => void): unknown;
}

class Lines {
  readonly #sender: Sender;
  readonly #naming: Naming;
  readonly #closeTimeoutMs: number;
  readonly #nextId = idSequence();
  #waitedMs = 0;

  constructor(options: PinoTransportOptions, say: Say) {
    const { service, closeTimeoutMs = CLOSE_TIMEOUT_MS } = options;
    this.#sender = new Sender(sinkOf(options, process.env), say, options);
    this.#naming = { service, fallback: serviceOfProcess(process.env, process.cwd()) };
    this.#closeTimeoutMs = Math.min(closeTimeoutMs, LONGEST_CLOSE_MS);
  }

  async read(source: LineSource): Promise<void> {
    const config = {
      levels: source.levels ?? USUAL.levels,
      messageKey: source.messageKey ?? USUAL.messageKey,
    };
    source.on('drain', () => {
      this.#waitedMs = 0;
    });
    for await (const line of source) {
      if (source.writableLength === 0) this.#waitedMs = 0;
      await this.#take(String(line), config);
    }
  }

  async #take(line: string, config: PinoConfig): Promise<void> {
    // Cheaply: pino goes on writing, and holds what is not taken from it.
    if (!this.#sender.hasRoom(line.length) && !this.#mayWait()) {
      this.#sender.drop();
      return;
    }
    const entry = pinoLine(line, { config, naming: this.#naming, id: this.#nextId(), nowMs: Date.now() });
    if (this.#sender.add(entry)) return;
    await this.#roomForAWhile();
    if (!this.#sender.add(entry)) this.#sender.drop();
  }

  /** Whether there is hope, and time. */
  #mayWait(): boolean {
    return !this.#sender.isFailing && this.#waitedMs < LONGEST_WAIT_MS;
  }

  /** Waits for room, if it may. */
  async #roomForAWhile(): Promise<void> {
    if (!this.#mayWait()) return;
    const sinceMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WAIT_MS - this.#waitedMs);
    });
    await Promise.race([this.#sender.room(true), enough]);
    clearTimeout(timer);
    this.#waitedMs += performance.now() - sinceMs;
  }

  async flush(): Promise<void> {
    await this.#sender.flush(this.#closeTimeoutMs);
  }

  async close(): Promise<void> {
    await this.#sender.close(this.#closeTimeoutMs);
  }
}
