/**
 * The little of protobuf's wire format (https://protobuf.dev/programming-guides/encoding) that reading messages takes. Reads the
 * fields of one protobuf message that lies in `bytes` from `position` to `end`; throws a RangeError if they are not well-formed.
 */
export class WireReader {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;
  /** Number of the field that `next` came to. */
  field = 0;
  /** Its value if that is a number; up to 2^53 it is exact. */
  number = 0;
  /** Where its value begins, if that is bytes, text or a message; it ends at `position`. */
  start = 0;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Goes on to the next field and past its value; false at the end. */
  next(): boolean {
    if (this.position === this.end) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) this.number = this.#varint();
    else if (wireType === 2) this.#skip(this.#varint());
    else if (wireType === 1) this.#skip(8);
    else if (wireType === 5) this.#skip(4);
    else throw malformed();
    return true;
  }

  /** Goes on to the end. */
  check(): void {
    let more = true;
    while (more) more = this.next();
  }

  /** The value that `next` came to, as text. */
  text(): string {
    return this.bytes.toString('utf8', this.start, this.position);
  }

  /** The value that `next` came to, as a message. */
  inner(): WireReader {
    return new WireReader(this.bytes, this.start, this.position);
  }

  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10 && this.position < this.end; count += 1) {
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw malformed();
  }

  #skip(length: number): void {
    if (length > this.end - this.position) throw malformed();
    this.start = this.position;
    this.position += length;
  }
}

function malformed(): RangeError {
  return new RangeError('not a valid protobuf message');
}
