import { expect, test } from 'vitest';
import { Leases, openAckIds } from '../../src/pubsub/leases.ts';
import { ids } from '../support/samples.ts';

test('a delivery shows the message as it was received', () => {
  const message = {
    messageId: '17',
    publishTime: { seconds: '1793534400', nanos: 5_000 },
    data: Buffer.from('{}'),
    attributes: { event_id: 'run-1' },
  };
  const [delivery] = new Leases().add([{ ackId: 'ack', message }], 1_000);
  expect(delivery!.messageId).toBe('17');
  expect(delivery!.publishTime).toEqual({ seconds: 1_793_534_400, nanos: 5_000 });
  expect(delivery!.data).toBe(message.data);
  expect(delivery!.attributes).toEqual({ event_id: 'run-1' });
  expect(delivery!.receivedAtMs).toBe(1_000);
});

test('a message without data, attributes or time is a delivery all the same', () => {
  const deliveries = new Leases().add([{ ackId: 'a', message: {} }, { ackId: 'b' }], 0);
  for (const delivery of deliveries) {
    expect(delivery.messageId).toBe('');
    expect(delivery.data).toHaveLength(0);
    expect(delivery.attributes).toEqual({});
    expect(delivery.publishTime).toEqual({ seconds: 0, nanos: 0 });
  }
});

test('what is held is counted in messages, and in bytes of data, attributes and what an object costs', () => {
  const leases = new Leases();
  const message = { data: Buffer.alloc(1_000), attributes: { key: 'value' } };
  const deliveries = leases.add([{ ackId: 'a', message }, received('b')], 0);
  expect(deliveries.map(({ bytes }) => bytes)).toEqual([512 + 1_000 + 8, 512]);
  expect(leases.messages).toBe(2);
  expect(leases.bytes).toBe(2_032);
  leases.settle(deliveries.slice(0, 1));
  expect(leases.messages).toBe(1);
  expect(leases.bytes).toBe(512);
});

test('the oldest held message is the first that was received and is not settled', () => {
  const leases = new Leases();
  expect(leases.oldestReceivedAtMs).toBeUndefined();
  const first = leases.add(ids('a', 2).map(received), 1_000);
  const second = leases.add(ids('b', 2).map(received), 2_000);
  leases.renew(1_500, 5_000);
  leases.settle(second.slice(0, 1));
  expect(leases.oldestReceivedAtMs).toBe(1_000);
  leases.settle(first);
  expect(leases.oldestReceivedAtMs).toBe(2_000);
  leases.settle(second);
  expect(leases.oldestReceivedAtMs).toBeUndefined();
});

test('a lease that has ended does not end again', () => {
  const leases = new Leases();
  const deliveries = leases.add(ids('a', 3).map(received), 0);
  leases.settle(deliveries.slice(0, 1));
  leases.settle(deliveries);
  leases.settle(deliveries);
  expect(leases.messages).toBe(0);
  expect(leases.bytes).toBe(0);
  expect(openAckIds(deliveries)).toEqual([]);
});

test('open ack ids are those whose lease has not ended', () => {
  const leases = new Leases();
  const deliveries = leases.add(ids('a', 4).map(received), 0);
  leases.settle([deliveries[1]!]);
  expect(openAckIds(deliveries)).toEqual(['a0', 'a2', 'a3']);
});

test('what was leased or extended by a time is renewed, once', () => {
  const leases = new Leases();
  leases.add(ids('a', 2).map(received), 0);
  leases.add(ids('b', 2).map(received), 1_000);
  expect(leases.renew(999, 5_000)).toEqual(['a0', 'a1']);
  expect(leases.renew(1_000, 6_000)).toEqual(['b0', 'b1']);
  expect(leases.renew(4_999, 7_000)).toEqual([]);
  expect(leases.renew(5_000, 8_000)).toEqual(['a0', 'a1']);
});

test('what is settled is not renewed, however much of a response is settled', () => {
  const leases = new Leases();
  const deliveries = leases.add(ids('a', 10).map(received), 0);
  for (let settled = 1; settled <= 10; settled += 1) {
    leases.settle([deliveries[settled - 1]!]);
    expect(leases.renew(0, 0)).toEqual(ids('a', 10).slice(settled));
  }
});

function received(ackId: string) {
  return { ackId, message: {} };
}
