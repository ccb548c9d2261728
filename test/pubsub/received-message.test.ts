import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributeOf } from '../../src/logs/message.ts';
import { ackIdText } from '../../src/pubsub/ack-request.ts';
import { readResponse, type ReceivedMessage } from '../../src/pubsub/received-message.ts';
import { receivedMessages } from '../support/received.ts';

const SOME_BYTES = fc.uint8Array({ maxLength: 300 });
const SOME_TEXT = fc.string({ maxLength: 40, unit: 'grapheme' });

const SOME_MESSAGES = fc.array(
  fc.record({
    ackId: SOME_TEXT,
    message: fc.record({
      data: SOME_BYTES.map((bytes) => Buffer.from(bytes)),
      attributes: fc.dictionary(SOME_TEXT, SOME_TEXT, { maxKeys: 5 }),
      messageId: SOME_TEXT,
      publishTime: fc.record({ seconds: fc.nat(2 ** 33), nanos: fc.nat(999_999_999) }),
    }),
  }),
  { maxLength: 20 },
);

it('what the client library writes is read as it was', () => {
  fc.assert(
    fc.property(SOME_MESSAGES, (received) => {
      const more = { deliveryAttempt: 3, message: { orderingKey: 'key' } };
      const sent = received.map(({ ackId, message }) => ({
        ...more,
        ackId,
        message: { ...more.message, ...message },
      }));
      expect(receivedMessages(sent).map(shown)).toEqual(received);
    }),
  );
});

it('a message without anything is read all the same', () => {
  const nothing = {
    data: Buffer.alloc(0),
    attributes: {},
    messageId: '',
    publishTime: { seconds: 0, nanos: 0 },
  };
  const read = receivedMessages([{ ackId: 'a', message: {} }, { ackId: 'b' }]).map(shown);
  expect(read).toEqual([
    { ackId: 'a', message: nothing },
    { ackId: 'b', message: nothing },
  ]);
});

it('one attribute is the same as among all', () => {
  fc.assert(
    fc.property(SOME_MESSAGES, (received) => {
      const names = received.flatMap(({ message }) => Object.keys(message.attributes));
      for (const message of receivedMessages(received))
        for (const name of [...names, 'event_id', 'constructor'].filter(isAscii))
          expect(attributeOf(message, name)).toBe(ownValue(message.attributes, name));
    }),
  );
});

it('an attribute may have any name', () => {
  const attributes = JSON.parse('{"__proto__":"a","constructor":"b","":"c"}') as Record<string, string>;
  const entries = Object.entries(attributes).map(([key, value]) => [
    0x12,
    key.length + value.length + 4,
    ...[0x0a, key.length, ...Buffer.from(key)],
    ...[0x12, value.length, ...Buffer.from(value)],
  ]);
  const encoded = entries.flat();
  const bytes = Buffer.from([0x0a, encoded.length + 2, 0x12, encoded.length, ...encoded]);
  const [message] = readResponse(bytes).messages;
  expect(Object.entries(message!.attributes)).toEqual(Object.entries(attributes));
});

it('of an attribute that comes twice the last counts, whatever its name', () => {
  for (const name of ['__proto__', 'constructor', 'a']) {
    const entries = ['first', 'last'].flatMap((value) => [
      ...[0x12, name.length + value.length + 4, 0x0a, name.length, ...Buffer.from(name)],
      ...[0x12, value.length, ...Buffer.from(value)],
    ]);
    const bytes = Buffer.from([0x0a, entries.length + 2, 0x12, entries.length, ...entries]);
    const [message] = readResponse(bytes).messages;
    expect(Object.entries(message!.attributes)).toEqual([[name, 'last']]);
    expect(attributeOf(message!, name)).toBe('last');
  }
});

it('fields that we do not know are passed over', () => {
  const unknown = [0x78, 0x01, 0x7a, 0x02, 0x01, 0x02, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4];
  const message = [...unknown, 0x0a, 0x01, 0x61, ...unknown];
  const received = [...unknown, 0x12, message.length, ...message, ...unknown];
  const bytes = Buffer.from([...unknown, 0x0a, received.length, ...received, ...unknown]);
  expect(readResponse(bytes).messages.map(({ data }) => Buffer.from(data).toString())).toEqual(['a']);
});

it('a field whose value is of another kind than it should be counts as empty', () => {
  const wrong = [0x08, 0x01, 0x10, 0x01, 0x18, 0x01, 0x20, 0x01];
  const twice = [0x0a, wrong.length + 2, 0x12, wrong.length, ...wrong];
  const { messages } = readResponse(Buffer.from([...twice, ...twice]));
  const nothing = { data: Buffer.alloc(0), attributes: { '': '' }, messageId: '' };
  for (const message of messages)
    expect(shown(message).message).toEqual({ ...nothing, publishTime: { seconds: 0, nanos: 0 } });
});

it('bytes that are not well-formed are refused at once, and never while a message is looked at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, framed) => {
      const frame = framed ? [0x0a, bytes.length + 2, 0x12, bytes.length] : [];
      const messages = refusedOr(() => readResponse(Buffer.from([...frame, ...bytes])).messages);
      for (const message of messages ?? []) {
        expect(Object.keys(shown(message).message)).toHaveLength(4);
        expect(attributeOf(message, 'event_id')).toBe(ownValue(message.attributes, 'event_id'));
      }
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  ['a length beyond the end', [0x0a, 0x05, 0x00]],
  ['a number without an end', [0x08, 0xff]],
  ['a wire type that does not exist', [0x0b]],
  ['an attribute that is cut off', [0x0a, 0x06, 0x12, 0x04, 0x12, 0x02, 0x0a, 0x05]],
])('%s is refused', (_what, bytes) => {
  expect(() => readResponse(Buffer.from(bytes))).toThrow(RangeError);
});

function shown(received: ReceivedMessage) {
  const { data, attributes, messageId, publishTime } = received;
  return { ackId: ackIdText(received), message: { data, attributes, messageId, publishTime } };
}

function isAscii(name: string): boolean {
  return Buffer.byteLength(name) === name.length;
}

function ownValue(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function refusedOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
}
