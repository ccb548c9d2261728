import { WireReader } from '../../protobuf/wire.ts';
import { checkRequestBytes, LIMITS } from '../limits.ts';
import type { AckIds } from './ack-ids.ts';

/** An AcknowledgeRequest whose ack ids have not been read yet: whose they are depends on the subscription. */
export interface AcknowledgeRequest {
  readonly subscription: string;
  /** Whether it names no ack id at all. */
  readonly isEmpty: boolean;
  /** The deliveries that it names. Ack ids that are not the subscription's are left out. */
  numbers(ackIds: AckIds): number[];
  /** The ack ids themselves. */
  texts(): string[];
}

const REQUEST = { subscription: 1, ackIds: 2 };

/** Reads a request. Throws `Refusal`. */
export function readAcknowledgeRequest(bytes: Buffer): AcknowledgeRequest {
  checkRequestBytes(bytes.length, LIMITS.ackRequestBytes);
  let subscription = '';
  let isEmpty = true;
  const fields = new WireReader().read(bytes, 0, bytes.length);
  while (fields.next()) {
    if (fields.field === REQUEST.subscription) subscription = fields.text();
    else if (fields.field === REQUEST.ackIds) isEmpty = false;
  }
  return {
    subscription,
    isEmpty,
    numbers: (ackIds) => readNumbers(bytes, ackIds),
    texts: () => readTexts(bytes),
  };
}

function readNumbers(bytes: Buffer, ackIds: AckIds): number[] {
  const numbers: number[] = [];
  const fields = new WireReader().read(bytes, 0, bytes.length);
  while (fields.next()) {
    if (fields.field !== REQUEST.ackIds) continue;
    const number = ackIds.read(bytes, fields.start, fields.position);
    if (number !== undefined) numbers.push(number);
  }
  return numbers;
}

function readTexts(bytes: Buffer): string[] {
  const texts: string[] = [];
  const fields = new WireReader().read(bytes, 0, bytes.length);
  while (fields.next()) if (fields.field === REQUEST.ackIds) texts.push(fields.text());
  return texts;
}
