import { expect, it } from 'vitest';
import { checkSubscription } from '../../src/pubsub/subscription-check.ts';

const NAME = 'projects/p/subscriptions/log-sub';
const TOPIC = 'projects/p/topics/log-topic';
const EXPECTED = { name: NAME, topic: TOPIC, idle: false };
const DAY = 24 * 60 * 60;
/** As the service answers for a subscription that was created with its defaults. */
const PLAIN = {
  name: NAME,
  topic: TOPIC,
  pushConfig: { pushEndpoint: '' },
  ackDeadlineSeconds: 10,
  messageRetentionDuration: { seconds: 7 * DAY },
  expirationPolicy: { ttl: { seconds: 31 * DAY } },
  filter: '',
  detached: false,
  bigqueryConfig: null,
  deadLetterPolicy: null,
};

it('a subscription as it comes is well', () => {
  expect(checkSubscription(EXPECTED, PLAIN)).toEqual([]);
});

it.each([
  ['reads from another topic', { topic: 'projects/p/topics/other' }, 'reads from projects/p/topics/other'],
  [
    'is pushed',
    { pushConfig: { pushEndpoint: 'https://push.example' } },
    'pushes its messages to https://push.example',
  ],
  ['is exported to BigQuery', { bigqueryConfig: { table: 'p.d.t' } }, 'exports its messages'],
  ['is exported to a bucket', { cloudStorageConfig: { bucket: 'b' } }, 'exports its messages'],
  ['is detached', { detached: true }, 'is detached from its topic'],
])('one that %s is refused, with what to do', (_what, fields, message) => {
  const check = () => checkSubscription(EXPECTED, { ...PLAIN, ...fields });
  expect(check).toThrow(expect.objectContaining({ code: 'SETTINGS' }));
  expect(check).toThrow(`subscription ${NAME} ${message}`);
});

it.each([
  ['lost its topic', { topic: '_deleted-topic_' }, /^the topic of subscription .* was deleted/],
  ['has a filter', { filter: 'attributes.a = "b"' }, /has the filter attributes\.a = "b"/],
  [
    'has a dead-letter policy',
    { deadLetterPolicy: { deadLetterTopic: 't', maxDeliveryAttempts: 5 } },
    /after 5 deliveries/,
  ],
  ['has exactly-once delivery', { enableExactlyOnceDelivery: true }, /has exactly-once delivery/],
  ['keeps an order', { enableMessageOrdering: true }, /keeps the order/],
  ['keeps messages for a short time', { messageRetentionDuration: { seconds: 600 } }, /for 10 minutes only/],
  ['expires early', { expirationPolicy: { ttl: { seconds: DAY } } }, /nobody has read it for 1 day:/],
])('of one that %s, a line tells', (_what, fields, line) => {
  expect(checkSubscription(EXPECTED, { ...PLAIN, ...fields })).toEqual([expect.stringMatching(line)]);
});

it('one that nobody reads for long times should never expire', () => {
  expect(checkSubscription({ ...EXPECTED, idle: true }, PLAIN)).toEqual([
    expect.stringContaining('is deleted when nobody has read it for 31 days'),
  ]);
  const never = { ...PLAIN, expirationPolicy: {} };
  expect(checkSubscription({ ...EXPECTED, idle: true }, never)).toEqual([]);
});
