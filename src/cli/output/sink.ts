import { once } from 'node:events';
import type { Output } from '../../app/logging.ts';

/** Where results go. */
export interface Sink {
  /** Resolves once there is room for more, or nobody reads any more. */
  write(text: string): Promise<void>;
  /** Whether nobody reads any more. */
  readonly isClosed: boolean;
  /** Whether another program has the terminal. */
  readonly hasTerminal: boolean;
  /** Resolves once all is read, or nobody reads any more. */
  end(): Promise<void>;
}

/** Standard output as it is. */
export class PlainSink implements Sink {
  readonly hasTerminal = false;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  get isClosed(): boolean {
    return this.#output.destroyed;
  }

  async write(text: string): Promise<void> {
    if (text !== '' && !this.#output.write(text)) await once(this.#output, 'drain');
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
