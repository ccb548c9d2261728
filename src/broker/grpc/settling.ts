import { status } from '@grpc/grpc-js';
import type { Clock } from '../../pipeline/ports.ts';
import type { Subscription } from '../delivery/subscription.ts';
import { ackFailureMetadata } from '../encoding/error-details.ts';
import { checkRange } from '../limits.ts';
import { Refusal } from '../refusal.ts';

/** What is settled. */
export interface Settled {
  readonly subscription: Subscription;
  readonly clock: Clock;
}

const UNKNOWN = 'PERMANENT_FAILURE_INVALID_ACK_ID';

/**
 * Acknowledges where each ack id is answered for or has an order. Throws `Refusal` for those that were
 * refused; the others are done.
 */
export function acknowledgeEach({ subscription, clock }: Settled, ackIds: readonly string[]): void {
  const numbers = ackIds.map((ackId) => subscription.ackIds.parse(ackId));
  const known = numbers.filter((number) => number !== undefined);
  const refusals = subscription.ackEach(known, clock.now());
  refuse(subscription, ackIds, (index) => {
    const number = numbers[index];
    return number === undefined ? UNKNOWN : refusals.get(number);
  });
}

/**
 * Moves the deadline of deliveries as `moveDeadlines` does. Throws `Refusal` for those whose lease was over;
 * the others are moved.
 */
export function modifyAckDeadline(settled: Settled, ackIds: readonly string[], seconds: number): void {
  const moved = moveDeadlines(settled, ackIds, seconds);
  refuse(settled.subscription, ackIds, (index) => (moved.has(index) ? undefined : UNKNOWN));
}

/**
 * Moves the deadline of deliveries to `seconds` from now; 0 gives them back at once. Returns the places of
 * those that were leased: the others are passed over.
 */
export function moveDeadlines(
  { subscription, clock }: Settled,
  ackIds: readonly string[],
  seconds: number,
): ReadonlySet<number> {
  checkRange('ack_deadline_seconds', seconds, 0, 600);
  const nowMs = clock.now();
  subscription.expire(nowMs);
  const numbers: number[] = [];
  const places = new Set<number>();
  for (const [index, ackId] of ackIds.entries()) {
    const number = subscription.ackIds.parse(ackId);
    if (number === undefined || !subscription.isLeased(number)) continue;
    numbers.push(number);
    places.add(index);
  }
  if (seconds === 0) subscription.nack(numbers, nowMs);
  else subscription.extend(numbers, nowMs + seconds * 1_000, nowMs);
  return places;
}

/** Only a subscription with exactly-once delivery says it; others pass over what they do not know. */
function refuse(
  { exactlyOnce }: Subscription,
  ackIds: readonly string[],
  refusalOf: (index: number) => string | undefined,
): void {
  if (!exactlyOnce) return;
  const codes = new Map<string, string>();
  for (const [index, ackId] of ackIds.entries()) {
    const code = refusalOf(index);
    if (code !== undefined) codes.set(ackId, code);
  }
  if (codes.size === 0) return;
  const code = status.INVALID_ARGUMENT;
  const details = 'Some acknowledgement ids in the request were invalid or out of order.';
  throw new Refusal(code, details, ackFailureMetadata(code, codes));
}
