import { encodeField, lengthDelimited, varintLength, writeVarint } from '../../protobuf/wire.ts';
import { DECIMAL_DIGITS, writeDecimal } from './decimal.ts';
import { type EncodedMessage, FIELDS, messageBytes } from './encoded-message.ts';

const ID_FIELD_BYTES = 2 + DECIMAL_DIGITS;

/**
 * Gives each message its id (`firstId` and the numbers after it) and the publish time, and copies them all
 * into one new buffer: the request's own bytes can be freed, and every delivery of a message copies the same
 * finished bytes.
 */
export function stampMessages(
  messages: readonly EncodedMessage[],
  firstId: number,
  publishTimeMs: number,
): EncodedMessage[] {
  const time = encodeField(FIELDS.publishTime, encodeTimestamp(publishTimeMs));
  let size = messages.length * (ID_FIELD_BYTES + time.length);
  for (const message of messages) size += messageBytes(message);

  const bytes = Buffer.allocUnsafeSlow(size);
  let position = 0;
  return messages.map((message, index) => {
    const start = position;
    position += message.bytes.copy(bytes, position, message.start, message.end);
    position = writeIdField(bytes, position, FIELDS.messageId, firstId + index);
    bytes.set(time, position);
    position += time.length;
    return { bytes, start, end: position };
  });
}

/** The PublishResponse for `count` messages. */
export function encodeMessageIds(firstId: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count * ID_FIELD_BYTES);
  let position = 0;
  for (let id = firstId; id < firstId + count; id += 1) position = writeIdField(bytes, position, 1, id);
  return bytes;
}

function writeIdField(target: Buffer, position: number, field: number, id: number): number {
  target[position] = lengthDelimited(field);
  target[position + 1] = DECIMAL_DIGITS;
  writeDecimal(target, position + 2, id);
  return position + ID_FIELD_BYTES;
}

/** A google.protobuf.Timestamp: seconds 1, nanoseconds 2. */
function encodeTimestamp(timeMs: number): Buffer {
  const seconds = Math.floor(timeMs / 1_000);
  const nanoseconds = Math.round((timeMs - seconds * 1_000) * 1e6);
  const bytes = Buffer.alloc(2 + varintLength(seconds) + varintLength(nanoseconds));
  bytes[0] = 1 << 3;
  const position = writeVarint(bytes, 1, seconds);
  bytes[position] = 2 << 3;
  writeVarint(bytes, position + 1, nanoseconds);
  return bytes;
}
