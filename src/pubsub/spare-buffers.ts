/** So many are kept. */
const MOST = 8;
/** Larger ones are not: they would be held for long because of one large message. */
const LARGEST_BYTES = 1_048_576;
/** Sizes are multiples of this, so that one that is spare fits the next. */
const STEP_BYTES = 131_072;

/**
 * Buffers that are used again. Those of requests live for as long as a request does, and what has lived for so long is
 * freed late: without these there are three times as many as are in use.
 */
export class SpareBuffers {
  readonly #spare: ArrayBuffer[] = [];

  /** A buffer of this size; what is in it is anything. */
  take(bytes: number): Buffer {
    const place = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes);
    const [spare] = place === -1 ? [] : this.#spare.splice(place, 1);
    return Buffer.from(spare ?? new ArrayBuffer(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES), 0, bytes);
  }

  /** Nobody uses it any longer. */
  give({ buffer }: Buffer): void {
    if (this.#spare.length < MOST && buffer instanceof ArrayBuffer && buffer.byteLength <= LARGEST_BYTES)
      this.#spare.push(buffer);
  }
}
