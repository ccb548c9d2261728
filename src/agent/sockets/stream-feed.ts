import type { Readable } from 'node:stream';
import { LmsError } from '../../errors/catalogue.ts';
import type { Feed, Intake } from './feed.ts';

/** Standard input, or another pipe: read to its end. */
export class StreamFeed implements Feed {
  readonly isLossy = false;
  readonly isSyslog = false;
  readonly reason = undefined;
  readonly counters = {};
  readonly #stream: Readable;
  readonly #name: string;
  #state: Feed['state'] = 'waiting';

  constructor(stream: Readable, name: string) {
    this.#stream = stream;
    this.#name = name;
  }

  get state(): Feed['state'] {
    return this.#state;
  }

  /** Rejects with `LmsError` INPUT if it cannot be read. */
  async run(intake: Intake, stop: AbortSignal): Promise<void> {
    const conversation = intake.open(undefined);
    try {
      await readStream(this.#stream, stop, async (bytes) => {
        this.#state = 'reading';
        await intake.push(conversation, bytes);
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LmsError('INPUT', `cannot read ${this.#name}: ${reason}`, { cause: error });
    } finally {
      this.#state = 'ended';
      await intake.close(conversation);
    }
  }
}

/**
 * Hands over the chunks of a stream, each once the one before it was taken: who sends is held up so. Ends with the
 * stream or soon after `stop` is aborted; the stream is destroyed then. Rejects with what the stream fails with.
 */
export async function readStream(
  stream: Readable,
  stop: AbortSignal,
  take: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const end = () => {
    stream.destroy();
  };
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>)
      await take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    stop.removeEventListener('abort', end);
    stream.destroy();
  }
}
