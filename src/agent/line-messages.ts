import { decode } from '../logs/decode.ts';
import type { LogEntry } from '../logs/entry.ts';
import { ATTRIBUTES, type OutgoingMessage } from '../logs/message.ts';
import { isRejection, type Rejection } from '../logs/rejection.ts';
import { numbered } from '../runs/run-ids.ts';
import { type Line, LineSplitter } from './decoding/line-splitter.ts';
import { MAX_MESSAGES_PER_REQUEST, type Supply } from './publish-all.ts';

/**
 * Pub/Sub takes messages of 10,000,000 bytes: https://cloud.google.com/pubsub/quotas. The attributes and the
 * request itself need less than the rest.
 */
export const MAX_LINE_BYTES = 10_000_000 - 1_000;

/** A line that is not published, and why: one line of text. */
export interface RefusedLine {
  readonly number: number;
  readonly reason: string;
}

/** How lines become messages. */
export interface LineMessagesOptions {
  readonly run: string;
  /**
   * Lines go out unread, as they are, each an event of its own. Otherwise what a worker would reject is
   * refused here, where someone can still correct it.
   */
  readonly raw: boolean;
  /** The service of lines that name none; undefined: they are refused. */
  readonly defaultService: string | undefined;
  readonly onRefused: (line: RefusedLine) => void;
}

/**
 * Supplies the lines of a stream of bytes as messages, each line's bytes untouched. They are numbered without
 * a gap, but for those that bring an identity of their own: their rows do not say which number they had. Reads
 * on only when there is room to send more, so that memory holds some chunks of
 * the stream however long it is.
 */
export function lineMessages(
  open: (stop: AbortSignal) => AsyncIterable<Uint8Array>,
  options: LineMessagesOptions,
): Supply<OutgoingMessage> {
  return async function* (stop) {
    const packer = new Packer(options);
    const splitter = new LineSplitter({ maxLineBytes: MAX_LINE_BYTES, encoding: 'utf-8' });
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

  #message({ number, bytes, piece }: Line): OutgoingMessage | undefined {
    const { run, raw, defaultService, onRefused } = this.#options;
    if (piece > 0) {
      if (piece === 1)
        onRefused({ number, reason: `The line is longer than ${String(MAX_LINE_BYTES)} bytes.` });
      return undefined;
    }
    if (isBlank(bytes)) return undefined;
    const results = raw ? [] : recordsOf(bytes, defaultService);
    const reason = results.find(isRejection)?.reason;
    if (reason !== undefined) {
      onRefused({ number, reason });
      return undefined;
    }
    if (results.some(hasIdentity)) return { data: bytes, attributes: { [ATTRIBUTES.run]: run } };
    this.#seq += 1;
    return { data: bytes, attributes: numbered(run, this.#seq) };
  }
}

/** What a record that brings no identity is known by, as long as Pub/Sub has not given the message an id. */
const NO_ID = 'unpublished';

/** What a worker would make of the line, were it published without attributes. */
function recordsOf(data: Uint8Array, defaultService: string | undefined): readonly (LogEntry | Rejection)[] {
  const publishTime = { seconds: Math.floor(Date.now() / 1000), nanos: 0 };
  const decoded = decode({ data, attributes: {}, messageId: NO_ID, publishTime }, { defaultService });
  return 'length' in decoded ? decoded : [decoded];
}

/**
 * Whether a record brings an identity of its own, such as the insertId of a LogEntry. It is the same event,
 * wherever it comes from.
 */
function hasIdentity(result: LogEntry | Rejection): boolean {
  return !isRejection(result) && !result.eventId.startsWith(NO_ID);
}

const SPACE = 0x20;

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte <= SPACE);
}
