import { invalid } from './refusal.ts';

/**
 * The service's limits, from https://cloud.google.com/pubsub/quotas#resource_limits. What works against the
 * broker then works against the service.
 */
export const LIMITS = {
  publishMessages: 1_000,
  publishBytes: 10 * 1024 * 1024,
  messageBytes: 10 * 1000 * 1000,
  attributes: 100,
  attributeKeyBytes: 256,
  attributeValueBytes: 1_024,
  /** Of an Acknowledge or ModifyAckDeadline request, and of a request on a stream. */
  ackRequestBytes: 524_288,
} as const;

/**
 * Refuses `value` outside of `min` to `max`. `name` is the field's, as the service says it:
 * `ack_deadline_seconds`.
 */
export function checkRange(name: string, value: number, min: number, max: number): void {
  if (value < min) throw outside(name, value, 'small', 'minimum', min);
  if (value > max) throw outside(name, value, 'large', 'maximum', max);
}

/** Refuses a request of more than `max` bytes. */
export function checkRequestBytes(bytes: number, max: number): void {
  if (bytes > max) throw invalid(`Request payload size exceeds the limit: ${String(max)} bytes.`);
}

/** Refuses a request of too many ack ids: they are nearly all of its bytes. */
export function checkAckIds(...lists: readonly (readonly string[] | null | undefined)[]): void {
  let bytes = 0;
  for (const ackId of lists.flatMap((list) => list ?? [])) bytes += ackId.length + FIELD_HEAD_BYTES;
  checkRequestBytes(bytes, LIMITS.ackRequestBytes);
}

/** Tag and length of an ack id of 128 bytes or more. */
const FIELD_HEAD_BYTES = 3;

function outside(name: string, value: number, size: string, bound: string, limit: number): Error {
  return invalid(
    `The value for ${name} is too ${size}. You passed ${String(value)} in the request, ` +
      `but the ${bound} value is ${String(limit)}.`,
  );
}
