import { status } from '@grpc/grpc-js';
import { Refusal } from '../refusal.ts';

/**
 * The few parts of protobuf's wire format (https://protobuf.dev/programming-guides/encoding) that the hot path reads and writes
 * by hand: messages pass through as the bytes they came in, instead of becoming objects and bytes again.
 */

/** How a value is encoded: as bytes of a length that stands before them. */
const LENGTH_DELIMITED = 2;

/** The tag of a field whose value is bytes, a string or a message. */
export function lengthDelimited(field: number): number {
  return (field << 3) | LENGTH_DELIMITED;
}

/** Reads the fields of one message that lies in `bytes` from `position` to `end`. Throws `Refusal` INTERNAL, as gRPC does. */
export class WireReader {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  /** A tag, a length or a small number. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count += 1) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw malformed();
  }

  /** Moves past a length-delimited value and returns where it begins; it ends at `position` then. */
  enter(): number {
    const length = this.varint();
    const start = this.position;
    if (length > this.end - start) throw malformed();
    this.position = start + length;
    return start;
  }

  text(): string {
    const start = this.enter();
    return this.bytes.toString('utf8', start, this.position);
  }

  /** Moves past the value that follows `tag`. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === LENGTH_DELIMITED) this.enter();
    else if (wireType === 0) this.varint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 5) this.#advance(4);
    else throw malformed();
  }

  #advance(length: number): void {
    if (length > this.end - this.position) throw malformed();
    this.position += length;
  }
}

/** Bytes that `writeVarint` needs for a number below 2^32. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes a number below 2^32 and returns the position after it. */
export function writeVarint(target: Buffer, position: number, value: number): number {
  let rest = value;
  while (rest >= 0x80) {
    target[position] = (rest & 0x7f) | 0x80;
    position += 1;
    rest >>>= 7;
  }
  target[position] = rest;
  return position + 1;
}

/** Encodes a length-delimited field. */
export function encodeField(field: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(1 + varintLength(value.length));
  head[0] = lengthDelimited(field);
  writeVarint(head, 1, value.length);
  return Buffer.concat([head, value]);
}

function malformed(): Refusal {
  return new Refusal(status.INTERNAL, 'Failed to parse the request: it is no valid protobuf message.');
}
