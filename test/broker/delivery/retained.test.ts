import { expect, it } from 'vitest';
import { RetainedMessages } from '../../../src/broker/delivery/retained.ts';
import { Subscription } from '../../../src/broker/delivery/subscription.ts';
import type { EncodedMessage } from '../../../src/broker/encoding/encoded-message.ts';
import { encoded, textOf } from '../messages.ts';

const NAME = 'projects/lms/subscriptions/log-sub';
const ALL = { maxMessages: Infinity, maxBytes: Infinity, deadlineMs: Infinity };
const MINUTE_MS = 60_000;

it('what is retained is kept for its time, and no longer', () => {
  const retained = new RetainedMessages(10 * MINUTE_MS);
  retained.add([published('too old', Date.now() - 11 * MINUTE_MS)]);
  expect(retained.messages()).toEqual([]);
  retained.add([published('kept', Date.now() - 5 * MINUTE_MS)]);
  expect(retained.messages().map(textOf)).toEqual(['kept']);
});

it('what is sought back to is handed out once and by its time, leased or not, and leases have ended', () => {
  const subscription = new Subscription(NAME, { retainMs: 60 * MINUTE_MS });
  const start = Date.now() - 10 * MINUTE_MS;
  const messages = ['a', 'b', 'c', 'd'].map((text, index) => published(text, start + index));
  subscription.add(messages);
  const holder = { messages: 0, bytes: 0 };
  const leases = subscription.take(holder, { ...ALL, maxMessages: 3 });
  const [a, b, c] = leases.map(({ number }) => number);
  subscription.ack([b!], 0);
  subscription.nack([a!], 0);
  subscription.seek(start + 1, messages);
  expect(holder).toEqual({ messages: 0, bytes: 0 });
  subscription.ack([c!], 0);
  const again = subscription.take(holder, ALL);
  expect(again.map(({ message }) => textOf(message))).toEqual(['b', 'c', 'd']);
  expect(again.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
});

function published(text: string, timeMs: number): EncodedMessage {
  const publishTime = { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1e6 };
  return encoded({ data: Buffer.from(text), publishTime });
}
