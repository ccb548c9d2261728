import { decode } from '../logs/decode.ts';
import { ATTRIBUTES, type OutgoingMessage } from '../logs/message.ts';
import { isRejection } from '../logs/rejection.ts';
import { MAX_MESSAGES_PER_REQUEST, type Supply } from './publish-all.ts';
import { LineSplitter, type Line } from './lines.ts';
import { numbered } from '../runs/run-ids.ts';

/** Pub/Sub takes messages of 10,000,000 bytes: https://cloud.google.com/pubsub/quotas. The attributes and the request itself need less than the rest. */
export const MAX_LINE_BYTES = 10_000_000 - 1_000;

/** The id of a message that is not published yet. An entry that is known by it brings no identity of its own. */
const NO_ID = 'not-published';

/** A line that is not published, and why: one line of text. */
export interface RefusedLine {
  readonly number: number;
  readonly reason: string;
}

/** How lines become messages. */
export interface LineMessagesOptions {
  readonly run: string;
  /** Lines go out as they are. Otherwise what a worker would reject is refused here, where someone can still correct it. */
  readonly raw: boolean;
  readonly onRefused: (line: RefusedLine) => void;
  /** The service that the worker takes for records that name none. */
  readonly defaultService?: string | undefined;
}

/**
 * Supplies the lines of a stream of bytes as messages, each line's bytes untouched; what is published is numbered without a gap. A line
 * that brings an identity of its own, such as an insertId, keeps it: its number is not made its identity. Reads on only when there is room to send more, so that memory holds some chunks of the stream however long it is.
 */
export function lineMessages(
  open: (stop: AbortSignal) => AsyncIterable<Uint8Array>,
  options: LineMessagesOptions,
): Supply<OutgoingMessage> {
  return async function* (stop) {
    const packer = new Packer(options);
    const splitter = new LineSplitter(MAX_LINE_BYTES);
    for await (const chunk of open(stop)) yield* packer.batches(splitter.push(chunk));
    yield* packer.batches(splitter.end());
  };
}

/** Makes messages of lines, or refuses them. */
class Packer {
  readonly #options: LineMessagesOptions;
  #seq = 0;

  constructor(options: LineMessagesOptions) {
    this.#options = options;
  }

  *batches(lines: readonly Line[]): Generator<OutgoingMessage[]> {
    for (let start = 0; start < lines.length; start += MAX_MESSAGES_PER_REQUEST) {
      const part = lines.slice(start, start + MAX_MESSAGES_PER_REQUEST);
      const messages = part.map((line) => this.#message(line)).filter((message) => message !== undefined);
      if (messages.length > 0) yield messages;
    }
  }

  #message({ number, bytes }: Line): OutgoingMessage | undefined {
    const { run, raw, onRefused } = this.#options;
    if (bytes === 'too long') {
      onRefused({ number, reason: `The line is longer than ${String(MAX_LINE_BYTES)} bytes.` });
      return undefined;
    }
    const { reason, hasIdentity } = this.#look(bytes);
    if (reason !== undefined && !raw) {
      onRefused({ number, reason });
      return undefined;
    }
    this.#seq += 1;
    const attributes = numbered(run, this.#seq);
    if (!hasIdentity) return { data: bytes, attributes };
    return { data: bytes, attributes: { [ATTRIBUTES.run]: run, [ATTRIBUTES.seq]: attributes.seq } };
  }

  /** Why a worker would not store a line, if it would not, and whether the line says itself which event it is. */
  #look(data: Uint8Array): { readonly reason: string | undefined; readonly hasIdentity: boolean } {
    const { defaultService } = this.#options;
    const publishTime = { seconds: Math.floor(Date.now() / 1000), nanos: 0 };
    const decoded = decode({ data, attributes: {}, messageId: NO_ID, publishTime }, { defaultService });
    const entries = 'length' in decoded ? decoded : [decoded];
    const [rejection] = entries.filter(isRejection);
    const hasIdentity = entries.some((entry) => !isRejection(entry) && !entry.eventId.startsWith(NO_ID));
    return { reason: rejection?.reason, hasIdentity };
  }
}
