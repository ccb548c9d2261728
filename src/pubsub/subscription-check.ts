import type { protos } from '@google-cloud/pubsub';
import { LmsError } from '../errors/catalogue.ts';

type FoundSubscription = Omit<protos.google.pubsub.v1.ISubscription, 'state'>;

/** What the service puts for the topic of a subscription whose topic was deleted. */
export const DELETED_TOPIC = '_deleted-topic_';

const DAY_SECONDS = 24 * 60 * 60;
/** The service's own: a shorter one was asked for. */
const USUAL_TTL_SECONDS = 31 * DAY_SECONDS;

const UNITS = [
  ['day', DAY_SECONDS],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** What is expected of a subscription; names in full. */
export interface ExpectedSubscription {
  readonly name: string;
  readonly topic: string;
  /** Whether nobody reads it for long times: a dead-letter subscription is. */
  readonly idle: boolean;
}

/**
 * Looks at how a subscription is set up. Returns a line for each setting that the operator should know of,
 * mostly none. Throws `LmsError` SETTINGS, with what to do, if nothing would ever be read from it.
 */
export function checkSubscription(
  { name, topic, idle }: ExpectedSubscription,
  found: FoundSubscription,
): string[] {
  const thing = `subscription ${name}`;
  const refusal = refusalOf(found);
  if (refusal !== undefined) throw new LmsError('SETTINGS', `${thing} ${refusal}`);
  if (found.topic === DELETED_TOPIC) {
    return [
      `the topic of ${thing} was deleted: it gets no new messages; once it is empty, delete it to have it created again`,
    ];
  }
  if (found.topic !== topic) {
    throw new LmsError(
      'SETTINGS',
      `${thing} reads from ${found.topic ?? ''}, not from ${topic}: name another one`,
    );
  }
  return [...deliveryWarnings(found), ...durationWarnings(found, idle)].map((what) => `${thing} ${what}`);
}

function refusalOf(found: FoundSubscription): string | undefined {
  if (found.pushConfig?.pushEndpoint)
    return (
      `pushes its messages to ${found.pushConfig.pushEndpoint}, and cannot be pulled: name another one, ` +
      'or remove the endpoint (gcloud pubsub subscriptions modify-push-config --push-endpoint="")'
    );
  if (found.bigqueryConfig?.table || found.cloudStorageConfig?.bucket || found.bigtableConfig?.table)
    return 'exports its messages, and cannot be pulled: name another one';
  if (found.detached === true)
    return 'is detached from its topic: it has no messages and gets none; delete it to have it created again';
  return undefined;
}

function deliveryWarnings(found: FoundSubscription): string[] {
  const warnings: string[] = [];
  const { filter, deadLetterPolicy, enableExactlyOnceDelivery, enableMessageOrdering } = found;
  if (filter) warnings.push(`has the filter ${filter}: what does not match it never comes`);
  if (deadLetterPolicy?.deadLetterTopic)
    warnings.push(
      `has a dead-letter policy: after ${String(deadLetterPolicy.maxDeliveryAttempts ?? 5)} deliveries, as an outage of the ` +
        'database makes them, Pub/Sub moves good messages away; remove it',
    );
  if (enableExactlyOnceDelivery === true)
    warnings.push('has exactly-once delivery, which is slower and not needed: a message counts once anyway');
  if (enableMessageOrdering === true)
    warnings.push('keeps the order of messages, which is slower and not needed: rows are sorted by time');
  return warnings;
}

function durationWarnings(found: FoundSubscription, idle: boolean): string[] {
  const warnings: string[] = [];
  const retentionSeconds = secondsOf(found.messageRetentionDuration);
  if (retentionSeconds !== undefined && retentionSeconds < DAY_SECONDS)
    warnings.push(`keeps messages for ${durationText(retentionSeconds)} only: a longer outage loses them`);
  const ttlSeconds = secondsOf(found.expirationPolicy?.ttl);
  if (ttlSeconds !== undefined && (idle || ttlSeconds < USUAL_TTL_SECONDS))
    warnings.push(
      `is deleted when nobody has read it for ${durationText(ttlSeconds)}: let it never expire ` +
        '(gcloud pubsub subscriptions update --expiration-period=never)',
    );
  return warnings;
}

function secondsOf(duration: protos.google.protobuf.IDuration | null | undefined): number | undefined {
  const seconds = Number(duration?.seconds ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** Such as `31 days`, in the largest unit that fits. */
function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, unitSeconds]) => seconds >= unitSeconds) ?? (['second', 1] as const);
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
