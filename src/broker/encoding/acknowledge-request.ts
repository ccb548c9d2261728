import type { AckIds } from './ack-ids.ts';
import { checkRequestBytes, LIMITS } from '../limits.ts';
import { lengthDelimited, WireReader } from './wire.ts';

/** An AcknowledgeRequest whose ack ids have not been read yet: whose they are depends on the subscription. */
export interface AcknowledgeRequest {
  readonly subscription: string;
  /** Whether it names no ack id at all. */
  readonly isEmpty: boolean;
  /** The deliveries that it names. Ack ids that are not the subscription's are left out. */
  numbers(ackIds: AckIds): number[];
}

const SUBSCRIPTION = lengthDelimited(1);
const ACK_ID = lengthDelimited(2);

/** Reads a request. Throws `Refusal`. */
export function readAcknowledgeRequest(bytes: Buffer): AcknowledgeRequest {
  checkRequestBytes(bytes.length, LIMITS.ackRequestBytes);
  let subscription = '';
  let isEmpty = true;
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    if (tag === SUBSCRIPTION) subscription = reader.text();
    else reader.skip(tag);
    if (tag === ACK_ID) isEmpty = false;
  }
  return { subscription, isEmpty, numbers: (ackIds) => readNumbers(bytes, ackIds) };
}

function readNumbers(bytes: Buffer, ackIds: AckIds): number[] {
  const numbers: number[] = [];
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    if (tag !== ACK_ID) {
      reader.skip(tag);
      continue;
    }
    const start = reader.enter();
    const number = ackIds.read(bytes, start, reader.position);
    if (number !== undefined) numbers.push(number);
  }
  return numbers;
}
