import { Duplex, type Readable } from 'node:stream';
import { Bell } from '../files/bell.ts';

/** Whoever sends is held up while so much of it was received and not taken. */
const QUEUE_BYTES = 65_536;
/**
 * Told to stop, it takes what has come in by then: until nothing came for so long, or for so long altogether, or so
 * much.
 */
const QUIET_MS = 100;
const LONGEST_REST_MS = 1_000;
const MOST_REST_BYTES = 8 * 1024 * 1024;
const LOOK_MS = 60_000;
const NEVER = new AbortController().signal;

/**
 * Hands over the chunks of a stream, each once the one before it was taken: who sends is held up so. Ends with the
 * stream; or, once `stop` is aborted, with what had come in by then: whoever sends by a connection is told first that
 * it ends. The stream is destroyed then. Rejects with what the stream fails with, after what had come in before.
 */
export async function readStream(
  stream: Readable,
  stop: AbortSignal,
  take: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const received = new Received(stream);
  const end = () => {
    received.endSoon();
  };
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  try {
    for (let chunk = await received.next(); chunk !== undefined; chunk = await received.next())
      await take(chunk);
    if (!stop.aborted) received.throwFailure();
  } finally {
    stop.removeEventListener('abort', end);
    received.end();
  }
}

/** What was received by a stream and not taken yet. */
class Received {
  readonly #stream: Readable;
  readonly #chunks: Buffer[] = [];
  readonly #came = new Bell();
  #bytes = 0;
  #isOver = false;
  #failure: Error | undefined;
  #rest: { readonly sinceMs: number; lastMs: number; bytes: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const over = () => {
      this.#over();
    };
    stream.on('error', (error) => {
      this.#failure ??= error;
      over();
    });
    stream.once('end', over);
    stream.once('close', over);
    stream.on('data', (chunk: Buffer | string) => {
      this.#receive(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    });
  }

  /** Undefined: there is nothing more. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#bytes -= chunk.length;
        if (this.#bytes < QUEUE_BYTES && !this.#isOver) this.#stream.resume();
        return chunk;
      }
      if (this.#isOver) return undefined;
      await this.#came.wait(LOOK_MS, NEVER);
    }
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Nothing is to come but what is on its way. */
  endSoon(): void {
    if (this.#isOver || this.#rest !== undefined) return;
    const nowMs = performance.now();
    this.#rest = { sinceMs: nowMs, lastMs: nowMs, bytes: 0 };
    if (this.#stream instanceof Duplex) this.#stream.end();
    this.#timer = setInterval(() => {
      this.#endIfQuiet();
    }, QUIET_MS / 4);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#over();
    this.#stream.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= QUEUE_BYTES) this.#stream.pause();
    this.#came.ring();
    if (this.#rest === undefined) return;
    this.#rest.lastMs = performance.now();
    this.#rest.bytes += chunk.length;
    if (this.#rest.bytes >= MOST_REST_BYTES) this.end();
  }

  #endIfQuiet(): void {
    if (this.#rest === undefined) return;
    const nowMs = performance.now();
    const isQuiet = this.#chunks.length === 0 && nowMs - this.#rest.lastMs >= QUIET_MS;
    if (isQuiet || nowMs - this.#rest.sinceMs >= LONGEST_REST_MS) this.end();
  }

  #over(): void {
    this.#isOver = true;
    this.#came.ring();
  }
}
