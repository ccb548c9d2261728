import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryLease, Holder } from '../../../src/broker/delivery/leases.ts';
import { Subscription } from '../../../src/broker/delivery/subscription.ts';
import type { EncodedMessage } from '../../../src/broker/encoding/encoded-message.ts';
import { textMessage, textOf } from '../messages.ts';

const NAME = 'projects/lms/subscriptions/log-sub';
const ALL = { maxMessages: Infinity, maxBytes: Infinity, deadlineMs: 1_000 };

function nobody(): Holder {
  return { messages: 0, bytes: 0 };
}

function textsOf(leases: readonly DeliveryLease[]): string[] {
  return leases.map(({ message }) => textOf(message));
}

function numbersOf(leases: readonly DeliveryLease[]): number[] {
  return leases.map(({ number }) => number);
}

describe('a subscription', () => {
  it('hands out in the order of publishing, and what came back before everything else', () => {
    const subscription = new Subscription(NAME);
    subscription.add(['a', 'b', 'c'].map(textMessage));
    const first = subscription.take(nobody(), { ...ALL, maxMessages: 2 });
    expect(textsOf(first)).toEqual(['a', 'b']);
    subscription.nack(numbersOf(first), 0);
    expect(textsOf(subscription.take(nobody(), ALL))).toEqual(['a', 'b', 'c']);
  });

  it('keeps count of what its holders have', () => {
    const subscription = new Subscription(NAME);
    const messages = ['a', 'bcd'].map(textMessage);
    subscription.add(messages);
    const holder = nobody();
    const leases = subscription.take(holder, ALL);
    expect(holder).toEqual({ messages: 2, bytes: messages[0]!.end + messages[1]!.end });
    subscription.ack(numbersOf(leases).slice(0, 1), 0);
    expect(holder).toEqual({ messages: 1, bytes: messages[1]!.end });
    subscription.expire(1_000);
    expect(holder).toEqual(nobody());
  });

  it('stops before a message that is larger than the room for it, unless the holder has nothing else', () => {
    const subscription = new Subscription(NAME);
    subscription.add(['aaa', 'b'].map(textMessage));
    const holder = nobody();
    const room = { ...ALL, maxBytes: 4 };
    const leases = subscription.take(holder, room);
    expect(textsOf(leases)).toEqual(['aaa']);
    expect(subscription.take(holder, room)).toHaveLength(1);
    subscription.add([textMessage('ccc')]);
    expect(subscription.take(holder, room)).toEqual([]);
  });

  it('hands out about a megabyte at once', () => {
    const subscription = new Subscription(NAME);
    subscription.add(Array.from({ length: 10 }, () => textMessage('x'.repeat(400_000))));
    const holder = nobody();
    expect(subscription.take(holder, ALL)).toHaveLength(3);
    expect(subscription.take(holder, ALL)).toHaveLength(3);
  });

  it('passes over an ack that comes as its lease runs out', () => {
    const subscription = new Subscription(NAME);
    subscription.add([textMessage('a')]);
    const [lease] = subscription.take(nobody(), ALL);
    subscription.ack([lease!.number], 1_000);
    expect(subscription.counts).toMatchObject({ acked: 0, ackedInVain: 1, expired: 1 });
    expect(subscription.waiting).toBe(1);
  });

  it('cannot extend a lease that has run out', () => {
    const subscription = new Subscription(NAME);
    subscription.add([textMessage('a')]);
    const [lease] = subscription.take(nobody(), ALL);
    subscription.extend([lease!.number], 2_000, 999);
    subscription.expire(1_999);
    expect(subscription.outstanding).toBe(1);
    subscription.extend([lease!.number], 3_000, 2_000);
    expect(subscription.outstanding).toBe(0);
  });

  it('says when the first lease runs out', () => {
    const subscription = new Subscription(NAME);
    expect(subscription.earliestExpiryMs).toBe(Infinity);
    subscription.add(['a', 'b'].map(textMessage));
    const leases = subscription.take(nobody(), ALL);
    subscription.extend([leases[1]!.number], 500, 0);
    expect(subscription.earliestExpiryMs).toBe(500);
    subscription.expire(500);
    expect(subscription.earliestExpiryMs).toBe(1_000);
    subscription.ack([leases[0]!.number], 600);
    expect(subscription.earliestExpiryMs).toBe(Infinity);
  });

  it('keeps a dead letter that no topic takes', () => {
    const forwarded: [EncodedMessage, number][] = [];
    let topicExists = false;
    const forward = (message: EncodedMessage, attempts: number) => {
      if (topicExists) forwarded.push([message, attempts]);
      return topicExists;
    };
    const subscription = new Subscription(NAME, { deadLetters: { maxDeliveryAttempts: 5, forward } });
    subscription.add([textMessage('a')]);
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const leases = subscription.take(nobody(), ALL);
      expect(leases[0]?.attempt).toBe(attempt);
      topicExists = attempt === 6;
      subscription.nack(numbersOf(leases), 0);
    }
    expect(forwarded.map(([message, attempts]) => [textOf(message), attempts])).toEqual([['a', 6]]);
    expect(subscription).toMatchObject({ waiting: 0, outstanding: 0, counts: { deadLettered: 1 } });
  });
});

/**
 * What may happen, in any order; `share` picks some of the leases that were ever granted, ended ones
 * included.
 */
const step = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), count: fc.nat(5) }),
  fc.record({
    kind: fc.constant('take' as const),
    count: fc.nat(5),
    leaseMs: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ kind: fc.constantFrom('ack' as const, 'nack' as const, 'extend' as const), share: fc.nat(5) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(30) }),
);

it('whatever happens, every message waits, is leased or was acknowledged, once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const subscription = new Subscription(NAME);
      const holder = nobody();
      /** The lease of a message that counts, with its deadline: the model. */
      const open = new Map<number, { text: string; deadlineMs: number }>();
      const granted: number[] = [];
      const acked = new Set<string>();
      let published = 0;
      let nowMs = 0;
      const forget = () => {
        for (const [number, { deadlineMs }] of open) if (deadlineMs <= nowMs) open.delete(number);
      };
      for (const next of steps) {
        if (next.kind === 'publish') {
          subscription.add(
            Array.from({ length: next.count }, (_, at) => textMessage(String(published + at))),
          );
          published += next.count;
        } else if (next.kind === 'take') {
          const deadlineMs = nowMs + next.leaseMs;
          const leases = subscription.take(holder, {
            maxMessages: next.count,
            maxBytes: Infinity,
            deadlineMs,
          });
          for (const { number, message } of leases) {
            const text = textOf(message);
            expect(acked).not.toContain(text);
            open.set(number, { text, deadlineMs });
            granted.push(number);
          }
        } else if (next.kind === 'wait') {
          nowMs += next.ms;
          subscription.expire(nowMs);
        } else {
          const numbers = granted.filter((number) => number % 6 === next.share);
          if (next.kind === 'ack') subscription.ack(numbers, nowMs);
          else if (next.kind === 'nack') subscription.nack(numbers, nowMs);
          else subscription.extend(numbers, nowMs + 40, nowMs);
          for (const number of numbers) {
            const lease = open.get(number);
            if (lease === undefined) continue;
            if (next.kind === 'extend') lease.deadlineMs = nowMs + 40;
            else open.delete(number);
            if (next.kind === 'ack') acked.add(lease.text);
          }
        }
        forget();
        expect(new Set([...open.values()].map(({ text }) => text)).size).toBe(open.size);
        expect(subscription.outstanding).toBe(open.size);
        expect(holder.messages).toBe(open.size);
        expect(subscription.counts.acked).toBe(acked.size);
        expect(subscription.waiting).toBe(published - open.size - acked.size);
      }
    }),
  );
});
