const NO_BYTES = Buffer.alloc(0);
/** How a value is encoded: as bytes of a length that stands before them. */
const LENGTH_DELIMITED = 2;

/**
 * The little of protobuf's wire format (https://protobuf.dev/programming-guides/encoding) that reading
 * messages takes. Reads the fields of one protobuf message after the other; throws `MalformedMessage` if they
 * are not well-formed.
 */
export class WireReader {
  bytes: Buffer = NO_BYTES;
  position = 0;
  end = 0;
  /** Number of the field that `next` came to. */
  field = 0;
  /** Its value if that is a number; up to 2^53 it is exact. */
  number = 0;
  /**
   * Where its value begins, if that is bytes, text or a message; it ends at `position`. The value of any
   * other field is empty.
   */
  start = 0;

  /** Begins with the message that lies in `bytes` from `start` to `end`. */
  read(bytes: Buffer, start: number, end: number): this {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    return this;
  }

  /** Begins with the message that is the value which the other reader's `next` came to. */
  enter(outer: WireReader): this {
    return this.read(outer.bytes, outer.start, outer.position);
  }

  /** Goes on to the next field and past its value; false at the end. */
  next(): boolean {
    if (this.position === this.end) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === LENGTH_DELIMITED) {
      this.#skip(this.#varint());
      return true;
    }
    if (wireType === 0) this.number = this.#varint();
    else if (wireType === 1) this.#skip(8);
    else if (wireType === 5) this.#skip(4);
    else throw new MalformedMessage();
    this.start = this.position;
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

  /** Whether the value that `next` came to is this text, which has only ASCII characters. */
  isAscii(text: string): boolean {
    if (this.position - this.start !== text.length) return false;
    for (let at = 0; at < text.length; at += 1)
      if (this.bytes[this.start + at] !== text.charCodeAt(at)) return false;
    return true;
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
    throw new MalformedMessage();
  }

  #skip(length: number): void {
    if (length > this.end - this.position) throw new MalformedMessage();
    this.start = this.position;
    this.position += length;
  }
}

/** Bytes that are no protobuf message. */
export class MalformedMessage extends RangeError {
  override readonly name = 'MalformedMessage';

  constructor() {
    super('not a valid protobuf message');
  }
}

/** The tag of a field whose value is bytes, a text or a message. */
export function lengthDelimited(field: number): number {
  return (field << 3) | LENGTH_DELIMITED;
}

/** Encodes a field whose value is bytes, a text or a message. */
export function encodeField(field: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(1 + varintLength(value.length));
  head[0] = lengthDelimited(field);
  writeVarint(head, 1, value.length);
  return Buffer.concat([head, value]);
}

/** Bytes that `writeVarint` needs for a number below 2^32. */
export function varintLength(value: number): number {
  return value < 0x80 ? 1 : Math.ceil((32 - Math.clz32(value)) / 7);
}

/** Writes a number below 2^32 and returns the position after it. */
export function writeVarint(target: Buffer, start: number, value: number): number {
  let position = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) {
    target[position] = (rest & 0x7f) | 0x80;
    position += 1;
  }
  target[position] = rest;
  return position + 1;
}
