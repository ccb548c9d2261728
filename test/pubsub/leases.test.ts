import { expect, it } from 'vitest';
import type { Delivery } from '../../src/pipeline/ports.ts';
import { ackIdText } from '../../src/pubsub/ack-request.ts';
import { HeldLeases, openMessages } from '../../src/pubsub/leases.ts';
import { readResponse, type ReceivedMessage } from '../../src/pubsub/received-message.ts';
import { encodedResponse, receivedMessages } from '../support/received.ts';
import { ids } from '../support/samples.ts';

it('a delivery was received when its response came', () => {
  const [delivery] = new HeldLeases().add(received(['ack']), 1_000);
  expect(delivery!.receivedAtMs).toBe(1_000);
});

it('what is held is counted in messages, and in bytes of the message and of what an object costs', () => {
  const leases = new HeldLeases();
  const message = { data: Buffer.alloc(1_000), attributes: { key: 'value' } };
  const deliveries = leases.add(receivedMessages([{ ackId: 'a', message }, { ackId: 'b' }]), 0);
  // Tag and length of the data, of the attribute, and of its key and value.
  expect(deliveries.map(({ bytes }) => bytes)).toEqual([512 + 1_000 + 3 + 8 + 6, 512]);
  expect(leases.messages).toBe(2);
  expect(leases.bytes).toBe(2_041);
  leases.settle(deliveries.slice(0, 1));
  expect(leases.messages).toBe(1);
  expect(leases.bytes).toBe(512);
});

it('the oldest held message is the first that was received and is not settled', () => {
  const leases = new HeldLeases();
  expect(leases.oldestReceivedAtMs).toBeUndefined();
  const first = leases.add(received(ids('a', 2)), 1_000);
  const second = leases.add(received(ids('b', 2)), 2_000);
  leases.renew(1_500, 5_000);
  leases.settle(second.slice(0, 1));
  expect(leases.oldestReceivedAtMs).toBe(1_000);
  leases.settle(first);
  expect(leases.oldestReceivedAtMs).toBe(2_000);
  leases.settle(second);
  expect(leases.oldestReceivedAtMs).toBeUndefined();
});

it('when the oldest held message was published is told, whatever the order in which they were received', () => {
  const leases = new HeldLeases();
  expect(leases.oldestPublishTime()).toBeUndefined();
  const [early, late] = [published(1_000, 5), published(1_000, 7)];
  const first = leases.add(receivedMessages([{ ackId: 'a', message: late }]), 1_000);
  const second = leases.add(receivedMessages([late, early, published(1_001, 0)].map(ofMessage)), 2_000);
  expect(leases.oldestPublishTime()).toEqual({ seconds: 1_000, nanos: 5 });
  leases.settle(second.slice(1, 2));
  expect(leases.oldestPublishTime()).toEqual({ seconds: 1_000, nanos: 7 });
  leases.settle(first);
  leases.settle(second.slice(0, 1));
  expect(leases.oldestPublishTime()).toEqual({ seconds: 1_001, nanos: 0 });
  leases.settle(second);
  expect(leases.oldestPublishTime()).toBeUndefined();
});

function published(seconds: number, nanos: number) {
  return { data: Buffer.from('x'), publishTime: { seconds, nanos } };
}

function ofMessage(message: ReturnType<typeof published>, index: number) {
  return { ackId: `ack-${index}`, message };
}

it('a lease that has ended does not end again', () => {
  const leases = new HeldLeases();
  const deliveries = leases.add(received(ids('a', 3)), 0);
  leases.settle(deliveries.slice(0, 1));
  leases.settle(deliveries);
  leases.settle(deliveries);
  expect(leases.messages).toBe(0);
  expect(leases.bytes).toBe(0);
  expect(openMessages(deliveries)).toEqual([]);
});

it('open are those whose lease has not ended', () => {
  const leases = new HeldLeases();
  const deliveries = leases.add(received(ids('a', 4)), 0);
  leases.settle([deliveries[1]!]);
  expect(openMessages(deliveries).map(ackIdText)).toEqual(['a0', 'a2', 'a3']);
});

it('what was leased or extended by a time is renewed, once', () => {
  const leases = new HeldLeases();
  leases.add(received(ids('a', 2)), 0);
  leases.add(received(ids('b', 2)), 1_000);
  expect(leases.renew(999, 5_000).map(ackIdText)).toEqual(['a0', 'a1']);
  expect(leases.renew(1_000, 6_000).map(ackIdText)).toEqual(['b0', 'b1']);
  expect(leases.renew(4_999, 7_000).map(ackIdText)).toEqual([]);
  expect(leases.renew(5_000, 8_000).map(ackIdText)).toEqual(['a0', 'a1']);
});

it('what is settled is not renewed, however much of a response is settled', () => {
  const leases = new HeldLeases();
  const deliveries = leases.add(received(ids('a', 10)), 0);
  for (let settled = 1; settled <= 10; settled += 1) {
    leases.settle([deliveries[settled - 1]!]);
    expect(leases.renew(0, 0).map(ackIdText)).toEqual(ids('a', 10).slice(settled));
  }
});

function received(ackIds: readonly string[]) {
  return receivedMessages(ackIds.map((ackId) => ({ ackId, message: {} })));
}

it('what is settled of a response is not kept in memory by what stays open of it', () => {
  const leases = new HeldLeases();
  const [first, ...rest] = leases.add(receivedMessages(ids('a', 10).map(thousandBytes)), 0);
  const response = blockOf(first!);
  leases.settle(rest.slice(0, 6));
  expect(blockOf(first!)).not.toBe(response);
  expect(blockOf(first!).byteLength).toBeLessThan(5_000);
  // Everything can still be read: data and ack id.
  const open = ids('a', 10).slice(7);
  expect(openMessages(rest).map(shown)).toEqual(open.map((id) => [id, id.padEnd(1_000)]));
  leases.settle(rest);
  expect(blockOf(first!).byteLength).toBeLessThan(1_100);
  expect(shown(openMessages([first!])[0]!)).toEqual(['a0', 'a0'.padEnd(1_000)]);
  expect(leases.bytes).toBe(first!.bytes);
});

it('what was decoded of a message counts as held, and not among the bytes that its response keeps', () => {
  const leases = new HeldLeases();
  const [first, second, ...rest] = leases.add(receivedMessages(ids('a', 10).map(thousandBytes)), 0);
  const published = leases.bytes;
  const response = blockOf(first!);
  leases.grow(first!, 1_000_000);
  leases.grow(second!, 500_000);
  leases.grow(first!, 1);
  expect([leases.bytes, leases.grownBytes]).toEqual([published + 1_500_001, 1_500_001]);
  expect(first!.bytes).toBe(rest[0]!.bytes + 1_000_001);
  leases.settle([second!]);
  expect(leases.bytes).toBe((published * 9) / 10 + 1_000_001);
  leases.settle(rest.slice(0, 3));
  expect(blockOf(first!)).toBe(response);
  leases.settle(rest.slice(3, 6));
  expect(blockOf(first!).byteLength).toBeLessThan(5_000);
  leases.settle([first!, ...rest]);
  leases.grow(first!, 1);
  expect([leases.bytes, leases.grownBytes]).toEqual([0, 0]);
});

it('a large message that is settled is not kept in memory by a small one', () => {
  const leases = new HeldLeases();
  const large = { ackId: 'large', message: { data: Buffer.alloc(1_000_000) } };
  const [small, other] = leases.add(receivedMessages([thousandBytes('small'), large]), 0);
  leases.settle([other!]);
  expect(blockOf(small!).byteLength).toBeLessThan(1_100);
});

it('a small response keeps nothing in memory of the block that it came in', () => {
  // As gRPC hands them over.
  const block = Buffer.alloc(64 * 1024);
  const response = encodedResponse([thousandBytes('a')]);
  const [message] = readResponse(block.subarray(100, 100 + response.copy(block, 100))).messages;
  expect(blockOf(message!).byteLength).toBe(response.length);
  expect(shown(message!)).toEqual(['a', 'a'.padEnd(1_000)]);
});

function thousandBytes(ackId: string) {
  return { ackId, message: { data: Buffer.from(ackId.padEnd(1_000)) } };
}

/** What a message keeps in memory. */
function blockOf({ data }: Delivery): ArrayBufferLike {
  return data.buffer;
}

function shown(message: ReceivedMessage): [string, string] {
  return [ackIdText(message), Buffer.from(message.data).toString()];
}
