import type { Readable } from 'node:stream';
import { LmsError } from '../../errors/catalogue.ts';
import type { Feed, Intake } from './feed.ts';
import { readStream } from './read-stream.ts';

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
