import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readResponse } from '../../src/pubsub/encoded-message.ts';

const { StreamingPullResponse } = protos.google.pubsub.v1;
const SOME_BYTES = fc.uint8Array({ maxLength: 300 });
const SOME_TEXT = fc.string({ maxLength: 40, unit: 'grapheme' });

const receivedMessages = fc.array(
  fc.record({
    ackId: SOME_TEXT,
    deliveryAttempt: fc.nat(100),
    message: fc.record({
      data: SOME_BYTES.map((bytes) => Buffer.from(bytes)),
      attributes: fc.dictionary(SOME_TEXT, SOME_TEXT, { maxKeys: 5 }),
      messageId: SOME_TEXT,
      orderingKey: SOME_TEXT,
      publishTime: fc.record({ seconds: fc.nat(2 ** 33), nanos: fc.nat(999_999_999) }),
    }),
  }),
  { maxLength: 20 },
);

test('what the client library writes is read as it was', () => {
  fc.assert(
    fc.property(receivedMessages, (received) => {
      const bytes = Buffer.from(StreamingPullResponse.encode({ receivedMessages: received }).finish());
      const read = (readResponse(bytes).receivedMessages ?? []).map(
        ({ ackId, deliveryAttempt, message }) => ({
          ackId,
          deliveryAttempt,
          message: {
            data: message?.data,
            attributes: message?.attributes,
            messageId: message?.messageId,
            orderingKey: message?.orderingKey,
            publishTime: message?.publishTime,
          },
        }),
      );
      expect(read).toEqual(received);
    }),
  );
});

test('an attribute may have any name', () => {
  const attributes = JSON.parse('{"__proto__":"a","constructor":"b","":"c"}') as Record<string, string>;
  const entries = Object.entries(attributes).map(([key, value]) => [
    0x12,
    key.length + value.length + 4,
    ...[0x0a, key.length, ...Buffer.from(key)],
    ...[0x12, value.length, ...Buffer.from(value)],
  ]);
  const message = entries.flat();
  const bytes = Buffer.from([0x0a, message.length + 2, 0x12, message.length, ...message]);
  const [received] = readResponse(bytes).receivedMessages ?? [];
  expect(Object.entries(received?.message?.attributes ?? {})).toEqual(Object.entries(attributes));
});

test('fields that we do not know are passed over', () => {
  const unknown = [0x78, 0x01, 0x7a, 0x02, 0x01, 0x02, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4];
  const message = [...unknown, 0x0a, 0x01, 0x61, ...unknown];
  const received = [...unknown, 0x12, message.length, ...message, ...unknown];
  const bytes = Buffer.from([...unknown, 0x0a, received.length, ...received, ...unknown]);
  const messages = readResponse(bytes).receivedMessages ?? [];
  expect(messages.map((one) => Buffer.from(one.message?.data ?? '').toString())).toEqual(['a']);
});

test('bytes that are not well-formed are refused at once, and never while a message is looked at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, framed) => {
      const frame = framed ? [0x0a, bytes.length + 2, 0x12, bytes.length] : [];
      const response = refusedOr(() => readResponse(Buffer.from([...frame, ...bytes])));
      for (const { message } of response?.receivedMessages ?? []) {
        const { data, attributes, messageId, publishTime } = { ...pick(message) };
        expect([data, attributes, messageId, publishTime]).toHaveLength(4);
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['a length beyond the end', [0x0a, 0x05, 0x00]],
  ['a number without an end', [0x08, 0xff]],
  ['a wire type that does not exist', [0x0b]],
  ['an attribute that is cut off', [0x0a, 0x06, 0x12, 0x04, 0x12, 0x02, 0x0a, 0x05]],
])('%s is refused', (_what, bytes) => {
  expect(() => readResponse(Buffer.from(bytes))).toThrow(RangeError);
});

function pick(message: protos.google.pubsub.v1.IPubsubMessage | null | undefined) {
  return {
    data: message?.data,
    attributes: message?.attributes,
    messageId: message?.messageId,
    publishTime: message?.publishTime,
  };
}

function refusedOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
}
