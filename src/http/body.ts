import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { BytesInFlight, Hold } from './bytes-in-flight.ts';
import { Problem } from './problems.ts';

/** How large bodies may be. */
export interface BodyLimits {
  /** Of one that is read whole: as it is sent, and unpacked. */
  readonly maxBytes: number;
}

/** No request stands still for so long in the middle of its body. */
const IDLE_MS = 30_000;
/** One that is read whole has come by then: others wait for the room that it takes. */
const WHOLE_MS = 60_000;
/** Packed once more than that it is an attack. */
const MAX_ENCODINGS = 2;
/** gzip packs at most a thousand bytes into one. What unpacks to more, beyond some room, is made to. */
const MAX_EXPANSION = 1_100;
const FREE_BYTES = 16 * 1024 * 1024;
/** What unpacking one holds, and what is read of it and not looked at yet. */
const STREAM_BYTES = 256 * 1024;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** What is read of a message. */
interface Sent extends Pick<IncomingMessage, 'headers' | typeof Symbol.asyncIterator> {
  destroy(error: Error): unknown;
}

/** What came with a request: read once, whole or piece by piece. */
export class RequestBody {
  readonly #message: Sent;
  readonly #limits: BodyLimits;
  readonly #hold: Hold;

  constructor(message: Sent, limits: BodyLimits, inFlight: BytesInFlight) {
    this.#message = message;
    this.#limits = limits;
    this.#hold = inFlight.take(0);
  }

  /** How large one may be that is read whole, unpacked. */
  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Its media type in lower case, without parameters; empty if it has none. */
  get type(): string {
    return (this.#message.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  /**
   * All of it, unpacked; held against the bytes in flight until `release`. Throws BODY_TOO_LARGE, BODY (it
   * cannot be unpacked, or was cut off), BODY_TYPE (no such packing), OVERLOADED.
   */
  async bytes(): Promise<Buffer> {
    const { maxBytes } = this.#limits;
    if (Number(this.#message.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#unpacked(maxBytes)) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      this.#hold.grow(chunk.length);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }

  /** All of it as text. Throws as `bytes` does; what is no UTF-8 becomes U+FFFD. */
  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8');
  }

  /** Piece by piece, unpacked, however long it is. Throws BODY, BODY_TYPE, OVERLOADED. */
  chunks(): AsyncIterable<Uint8Array> {
    this.#hold.grow(STREAM_BYTES);
    return this.#unpacked(Infinity);
  }

  /** Counts so many more bytes that a reader of pieces keeps. Throws OVERLOADED. */
  grow(bytes: number): void {
    this.#hold.grow(bytes);
  }

  /** Gives back what it holds of the bytes in flight. */
  release(): void {
    this.#hold.release();
  }

  /** `maxBytes`: of what is sent. */
  async *#unpacked(maxBytes: number): AsyncGenerator<Uint8Array> {
    const decoders = this.#encodings().map((encoding) => decoderOf(encoding)());
    let [sentBytes, unpackedBytes] = [0, 0];
    const sent = bounded(this.#message, maxBytes, (bytes) => {
      sentBytes += bytes;
    });
    const [first, ...rest] = decoders;
    if (first === undefined) {
      yield* sent;
      return;
    }
    const last = decoders.at(-1) ?? first;
    let failure: unknown;
    pipeline([Readable.from(sent, { objectMode: false }), first, ...rest], (error) => {
      failure = error;
    });
    try {
      for await (const chunk of last as AsyncIterable<Uint8Array>) {
        unpackedBytes += chunk.length;
        if (unpackedBytes > FREE_BYTES + sentBytes * MAX_EXPANSION)
          throw unreadable('it unpacks to far too much');
        yield chunk;
      }
    } catch (error) {
      const cause = failure ?? error;
      throw cause instanceof Problem ? cause : unreadable(`it is not ${this.#encodings().join(', ')}`, cause);
    }
  }

  /** In the order in which they are to be undone. */
  #encodings(): string[] {
    const written = this.#message.headers['content-encoding'] ?? '';
    const encodings = written.split(',').map((each) => each.trim().toLowerCase());
    const packings = encodings.filter((each) => each !== '' && each !== 'identity').toReversed();
    if (packings.length <= MAX_ENCODINGS) return packings;
    throw new Problem('BODY_TYPE', `Content-Encoding: it should name at most ${MAX_ENCODINGS}.`);
  }
}

function decoderOf(encoding: string): () => Transform {
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (decoder !== undefined) return decoder;
  throw new Problem(
    'BODY_TYPE',
    `Content-Encoding: it should be one of ${Object.keys(DECODERS).join(', ')}.`,
  );
}

/** What is sent, as long as it goes on coming. */
async function* bounded(
  message: Sent,
  maxBytes: number,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  const endMs = maxBytes === Infinity ? Infinity : performance.now() + WHOLE_MS;
  const timer = setTimeout(() => {
    message.destroy(unreadable(`nothing came of it for ${IDLE_MS / 1_000} s`));
  }, IDLE_MS);
  try {
    for await (const chunk of message as AsyncIterable<Uint8Array>) {
      timer.refresh();
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      if (performance.now() > endMs) throw unreadable(`it took more than ${WHOLE_MS / 1_000} s to come`);
      onSent(chunk.length);
      yield chunk;
      timer.refresh();
    }
  } catch (error) {
    throw error instanceof Problem ? error : unreadable('it was cut off', error);
  } finally {
    clearTimeout(timer);
  }
}

/** The refusal of a body that is too large. */
export function tooLarge(maxBytes: number): Problem {
  return new Problem(
    'BODY_TOO_LARGE',
    `The body should have at most ${maxBytes} bytes, unpacked too: send it in parts.`,
  );
}

function unreadable(reason: string, cause?: unknown): Problem {
  return new Problem('BODY', `The body cannot be read: ${reason}.`, { cause });
}
