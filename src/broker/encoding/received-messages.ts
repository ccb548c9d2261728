import { encodeField, lengthDelimited, varintLength, writeVarint } from '../../protobuf/wire.ts';
import type { DeliveryLease } from '../delivery/leases.ts';
import { AckIds } from './ack-ids.ts';
import { messageBytes } from './encoded-message.ts';

/** Field 1 of PullResponse and of StreamingPullResponse alike. */
const RECEIVED_MESSAGE = lengthDelimited(1);
/** Fields of ReceivedMessage. */
const ACK_ID = lengthDelimited(1);
const MESSAGE = lengthDelimited(2);
const DELIVERY_ATTEMPT = 3 << 3;

const ACK_ID_FIELD_BYTES = 1 + varintLength(AckIds.bytes) + AckIds.bytes;

/**
 * Encodes a PullResponse or StreamingPullResponse. Attempts are told only where a dead-letter policy counts
 * them.
 */
export function encodeReceivedMessages(
  leases: readonly DeliveryLease[],
  ackIds: AckIds,
  tellAttempts: boolean,
): Buffer {
  const lengths = leases.map((lease) => receivedMessageBytes(lease, tellAttempts));
  let size = 0;
  for (const length of lengths) size += 1 + varintLength(length) + length;

  const bytes = Buffer.allocUnsafe(size);
  let position = 0;
  for (const [index, lease] of leases.entries()) {
    bytes[position] = RECEIVED_MESSAGE;
    position = writeVarint(bytes, position + 1, lengths[index] ?? 0);
    position = writeReceivedMessage(bytes, position, lease, ackIds);
    if (!tellAttempts) continue;
    bytes[position] = DELIVERY_ATTEMPT;
    position = writeVarint(bytes, position + 1, lease.attempt);
  }
  return bytes;
}

/**
 * The part of a StreamingPullResponse that says how the subscription delivers; empty if there is nothing
 * special.
 */
export function encodeProperties({
  exactlyOnce,
  ordered,
}: {
  readonly exactlyOnce: boolean;
  readonly ordered: boolean;
}): Buffer {
  if (!exactlyOnce && !ordered) return Buffer.alloc(0);
  return encodeField(4, Buffer.from([1 << 3, Number(exactlyOnce), 2 << 3, Number(ordered)]));
}

function receivedMessageBytes({ message, attempt }: DeliveryLease, tellAttempts: boolean): number {
  const length = messageBytes(message);
  const attemptBytes = tellAttempts ? 1 + varintLength(attempt) : 0;
  return ACK_ID_FIELD_BYTES + 1 + varintLength(length) + length + attemptBytes;
}

function writeReceivedMessage(target: Buffer, start: number, lease: DeliveryLease, ackIds: AckIds): number {
  const { message } = lease;
  let position = start;
  target[position] = ACK_ID;
  position = writeVarint(target, position + 1, AckIds.bytes);
  position = ackIds.write(target, position, lease.number);
  target[position] = MESSAGE;
  position = writeVarint(target, position + 1, messageBytes(message));
  return position + message.bytes.copy(target, position, message.start, message.end);
}
