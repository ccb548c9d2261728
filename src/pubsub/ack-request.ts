import { varintLength, writeVarint } from '../protobuf/wire.ts';

/**
 * An ack id that can be written to where it is needed: it is about 200 bytes long, and a text of it would be
 * of no other use.
 */
export interface AckId {
  readonly ackIdBytes: number;
  /** Writes the `ackIdBytes` bytes into `target` from `position` on. */
  copyAckId(target: Buffer, position: number): void;
}

/** An ack id that is a text already. */
export function textAckId(text: string): AckId {
  const bytes = Buffer.from(text);
  return {
    ackIdBytes: bytes.length,
    copyAckId: (target, position) => {
      target.set(bytes, position);
    },
  };
}

/** The text of an ack id. */
export function ackIdText(ackId: AckId): string {
  const bytes = Buffer.allocUnsafe(ackId.ackIdBytes);
  ackId.copyAckId(bytes, 0);
  return bytes.toString();
}

/**
 * Tags of the requests' fields in google/pubsub/v1/pubsub.proto: number and wire type, 2 for bytes and 0 for
 * a number.
 */
const SUBSCRIPTION = (1 << 3) | 2;
const ACKNOWLEDGE = { ackIds: (2 << 3) | 2 };
const MODIFY = { ackIds: (4 << 3) | 2, deadlineSeconds: (3 << 3) | 0 };

/** Encodes an AcknowledgeRequest. */
export function acknowledgeRequest(subscription: string, ackIds: readonly AckId[]): Buffer {
  const request = Buffer.allocUnsafe(requestBytes(subscription, ackIds));
  writeIds(request, writeSubscription(request, subscription), ACKNOWLEDGE.ackIds, ackIds);
  return request;
}

/** Encodes a ModifyAckDeadlineRequest. */
export function modifyDeadlineRequest(
  subscription: string,
  ackIds: readonly AckId[],
  seconds: number,
): Buffer {
  const bytes = requestBytes(subscription, ackIds);
  const request = Buffer.allocUnsafe(bytes + 1 + varintLength(seconds));
  const end = writeIds(request, writeSubscription(request, subscription), MODIFY.ackIds, ackIds);
  request[end] = MODIFY.deadlineSeconds;
  writeVarint(request, end + 1, seconds);
  return request;
}

/** Bytes that an ack id takes in a request, with its tag and its length. */
export function ackIdFieldBytes({ ackIdBytes }: AckId): number {
  return 1 + varintLength(ackIdBytes) + ackIdBytes;
}

function requestBytes(subscription: string, ackIds: readonly AckId[]): number {
  const nameBytes = Buffer.byteLength(subscription);
  const start = 1 + varintLength(nameBytes) + nameBytes;
  return ackIds.reduce((bytes, ackId) => bytes + ackIdFieldBytes(ackId), start);
}

function writeSubscription(request: Buffer, subscription: string): number {
  request[0] = SUBSCRIPTION;
  const start = writeVarint(request, 1, Buffer.byteLength(subscription));
  return start + request.write(subscription, start);
}

function writeIds(request: Buffer, start: number, tag: number, ackIds: readonly AckId[]): number {
  let position = start;
  for (const ackId of ackIds) {
    request[position] = tag;
    position = writeVarint(request, position + 1, ackId.ackIdBytes);
    ackId.copyAckId(request, position);
    position += ackId.ackIdBytes;
  }
  return position;
}
