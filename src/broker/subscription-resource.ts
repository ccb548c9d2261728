import type { protos } from '@google-cloud/pubsub';
import { checkRange } from './limits.ts';
import { checkName } from './names.ts';
import { unimplemented } from './refusal.ts';

export type SubscriptionResource = protos.google.pubsub.v1.ISubscription;

const DEFAULT_ACK_DEADLINE_SECONDS = 10;
const DEFAULT_DELIVERY_ATTEMPTS = 5;
const DAY_SECONDS = 24 * 60 * 60;

/** A subscription's settings as the service would keep them. */
export interface SubscriptionSettings {
  readonly name: string;
  readonly topic: string;
  readonly ackDeadlineSeconds: number;
  readonly deadLetterPolicy?: { readonly deadLetterTopic: string; readonly maxDeliveryAttempts: number };
  /** For how long it retains what was acknowledged; undefined: not at all. */
  readonly retainMs: number | undefined;
  /** What GetSubscription answers. */
  readonly resource: SubscriptionResource;
}

/** Checks a CreateSubscription request and puts in the service's defaults. Throws `Refusal`. */
export function subscriptionSettings(request: SubscriptionResource): SubscriptionSettings {
  const { name, topic } = { name: request.name ?? '', topic: request.topic ?? '' };
  checkName('subscriptions', name);
  checkName('topics', topic);
  refuseUnimplemented(request);
  const ackDeadlineSeconds = orDefault(request.ackDeadlineSeconds, DEFAULT_ACK_DEADLINE_SECONDS);
  checkRange('ack_deadline_seconds', ackDeadlineSeconds, 10, 600);
  const deadLetterPolicy = readDeadLetterPolicy(request);
  const resource: SubscriptionResource = {
    ...request,
    ackDeadlineSeconds,
    messageRetentionDuration: request.messageRetentionDuration ?? { seconds: 7 * DAY_SECONDS },
    expirationPolicy: request.expirationPolicy ?? { ttl: { seconds: 31 * DAY_SECONDS } },
    pushConfig: request.pushConfig ?? {},
    state: 'ACTIVE',
    ...(deadLetterPolicy && { deadLetterPolicy }),
  };
  const retainMs = request.retainAckedMessages ? durationMs(resource.messageRetentionDuration) : undefined;
  return {
    name,
    topic,
    ackDeadlineSeconds,
    retainMs,
    resource,
    ...(deadLetterPolicy && { deadLetterPolicy }),
  };
}

/** A google.protobuf.Duration in milliseconds; undefined if there is none. */
export function durationMs(
  duration: protos.google.protobuf.IDuration | null | undefined,
): number | undefined {
  if (!duration) return undefined;
  return Number(duration.seconds ?? 0) * 1_000 + (duration.nanos ?? 0) / 1e6;
}

function readDeadLetterPolicy({ deadLetterPolicy: policy }: SubscriptionResource) {
  if (!policy?.deadLetterTopic) return undefined;
  const maxDeliveryAttempts = orDefault(policy.maxDeliveryAttempts, DEFAULT_DELIVERY_ATTEMPTS);
  checkRange('max_delivery_attempts', maxDeliveryAttempts, 5, 100);
  return { deadLetterTopic: policy.deadLetterTopic, maxDeliveryAttempts };
}

/**
 * Expiry and labels are kept and told, and change nothing here, and nothing is pushed to an endpoint; these
 * would change what is delivered.
 */
function refuseUnimplemented(request: SubscriptionResource): void {
  if (request.filter) throw unimplemented('filters');
  if (request.retryPolicy) throw unimplemented('retry policy: what is nacked comes again at once');
}

/** Protobuf's zero is "not set". */
function orDefault(value: number | null | undefined, preset: number): number {
  return value === 0 ? preset : (value ?? preset);
}
