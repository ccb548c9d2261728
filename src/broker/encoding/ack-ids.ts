import { randomBytes } from 'node:crypto';
import { DECIMAL_DIGITS, readDecimal, writeDecimal } from './decimal.ts';

/**
 * The ack ids of one subscription: a prefix that no other subscription has, nor the same one after it was
 * created again, padding to about the length of the service's own ids, and the number of the delivery.
 */
export class AckIds {
  static readonly bytes = 176;
  readonly #prefix: Buffer;

  constructor() {
    const random = randomBytes(8).toString('hex');
    this.#prefix = Buffer.from(
      random.padEnd(AckIds.bytes - DECIMAL_DIGITS, 'lms-embedded-broker-'),
      'latin1',
    );
  }

  /** Writes the ack id of delivery `number` and returns the position after it. */
  write(target: Buffer, position: number, number: number): number {
    target.set(this.#prefix, position);
    writeDecimal(target, position + this.#prefix.length, number);
    return position + AckIds.bytes;
  }

  /** The number of the delivery with the ack id at `start` to `end`; undefined if it is none of ours. */
  read(source: Buffer, start: number, end: number): number | undefined {
    const prefixEnd = start + this.#prefix.length;
    if (end - start !== AckIds.bytes) return undefined;
    if (source.compare(this.#prefix, 0, this.#prefix.length, start, prefixEnd) !== 0) return undefined;
    return readDecimal(source, prefixEnd);
  }

  /** As `read`, of an ack id that was decoded already. */
  parse(ackId: string): number | undefined {
    const bytes = Buffer.from(ackId, 'latin1');
    return this.read(bytes, 0, bytes.length);
  }
}
