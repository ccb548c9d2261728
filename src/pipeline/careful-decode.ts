import type { Message } from '../logs/message.ts';
import { reject, type Rejection } from '../logs/rejection.ts';
import type { Log } from './ports.ts';
import type { Screened } from './screened.ts';

/**
 * A decoder that never throws. It is not meant to in the first place: what it throws is a bug, and a message
 * that meets one would end every worker that it is delivered to. Here it becomes a dead letter. The log hears
 * of each kind of bug once, without the error's own words: they may quote the message.
 */
export class CarefulDecoder {
  readonly #decode: (message: Message) => Screened;
  readonly #log: Log;
  /** As many as there are places in the code that throw. */
  readonly #told = new Set<string>();

  constructor(decode: (message: Message) => Screened, log: Log) {
    this.#decode = decode;
    this.#log = log;
  }

  decode(message: Message): Screened {
    try {
      return this.#decode(message);
    } catch (error) {
      return this.#reject(message, error);
    }
  }

  #reject({ messageId }: Message, error: unknown): Rejection {
    const name = error instanceof Error ? error.constructor.name : typeof error;
    const frames = framesOf(error);
    const kind = `${name} ${frames[0] ?? ''}`;
    if (!this.#told.has(kind)) {
      this.#told.add(kind);
      this.#log.error({ messageId, error: name, frames }, 'a bug: a message could not be decoded');
    }
    return reject(
      'decoder_failed',
      `The message met a bug of lms, a ${name}; the worker's log says where. Please report it.`,
    );
  }
}

const MAX_FRAMES = 10;

/** Where an error was thrown: the stack behind the message that it begins with. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const start = stack.indexOf(message);
  if (start === -1) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
