import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenLeases } from '../../../src/broker/delivery/leases.ts';
import { AckIds } from '../../../src/broker/encoding/ack-ids.ts';
import { readAcknowledgeRequest } from '../../../src/broker/encoding/acknowledge-request.ts';
import { deadLetter } from '../../../src/broker/encoding/dead-letter.ts';
import { readPublishRequest } from '../../../src/broker/encoding/publish-request.ts';
import { encodeReceivedMessages } from '../../../src/broker/encoding/received-messages.ts';
import { encodeMessageIds, stampMessages } from '../../../src/broker/encoding/stamp.ts';
import { failedStatus } from '../../../src/broker/refusal.ts';
import { MalformedMessage } from '../../../src/protobuf/wire.ts';
import {
  AcknowledgeRequest,
  decoded,
  encoded,
  PublishRequest,
  PublishResponse,
  PullResponse,
} from '../messages.ts';

const MOMENT_MS = 1_795_230_374_870;

const fields = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  attributes: fc.dictionary(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ maxLength: 200 }), {
    maxKeys: 5,
    noNullPrototype: true,
  }),
  orderingKey: fc.string({ maxLength: 10 }),
  messageId: fc.constantFrom('', 'not ours'),
  publishTime: fc.option(fc.record({ seconds: fc.nat(), nanos: fc.nat() })),
});

describe('what is written by hand is what the client library reads', () => {
  it('from a PublishRequest to a response with messages', () => {
    fc.assert(
      fc.property(
        fc.array(fields, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (messages, tellAttempts) => {
          const topic = 'projects/lms/topics/é';
          const request = readPublishRequest(
            Buffer.from(PublishRequest.encode({ topic, messages }).finish()),
          );
          expect(request.topic).toBe(topic);
          const stamped = stampMessages(request.messages, 1_000_000_000_000_007, MOMENT_MS);
          const leases = new OpenLeases();
          const holder = { messages: 0, bytes: 0 };
          const taken = stamped.map((message) => leases.grant(message, 300, holder, 0));
          const response = PullResponse.decode(encodeReceivedMessages(taken, new AckIds(), tellAttempts));
          const received = response.receivedMessages.map(({ message }) => message);
          expect(received.map((message) => message?.attributes)).toEqual(
            messages.map(({ attributes }) => attributes),
          );
          expect(received.map((message) => message?.data)).toEqual(messages.map(({ data }) => data));
          expect(received.map((message) => message?.orderingKey)).toEqual(
            messages.map(({ orderingKey }) => orderingKey),
          );
          expect(received[0]).toMatchObject({
            messageId: '1000000000000007',
            publishTime: { nanos: 870_000_000 },
          });
          expect(Number(received[0]?.publishTime?.seconds)).toBe(1_795_230_374);
          expect(response.receivedMessages[0]?.deliveryAttempt).toBe(tellAttempts ? 300 : 0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('message ids', () => {
    const { messageIds } = PublishResponse.decode(encodeMessageIds(1_795_230_374_870_999, 3));
    expect(messageIds).toEqual(['1795230374870999', '1795230374871000', '1795230374871001']);
  });

  it('ack ids of a response, back in an AcknowledgeRequest', () => {
    const [leases, ackIds, other] = [new OpenLeases(), new AckIds(), new AckIds()];
    const holder = { messages: 0, bytes: 0 };
    const taken = [1, 2].map(() => leases.grant(encoded({ data: Buffer.from('a') }), 1, holder, 0));
    const response = PullResponse.decode(encodeReceivedMessages(taken, ackIds, false));
    const ids = ['unknown', ...response.receivedMessages.map(({ ackId }) => ackId ?? '')];
    const bytes = AcknowledgeRequest.encode({ subscription: 'some', ackIds: ids }).finish();
    const request = readAcknowledgeRequest(Buffer.from(bytes));
    expect(request).toMatchObject({ subscription: 'some', isEmpty: false });
    expect(request.numbers(ackIds)).toEqual(taken.map(({ number }) => number));
    expect(request.numbers(other)).toEqual([]);
  });
});

it('messages do not keep the bytes of their request in memory', () => {
  const bytes = Buffer.from(PublishRequest.encode({ messages: [{ data: Buffer.from('a') }] }).finish());
  const [message] = stampMessages(readPublishRequest(bytes).messages, 1, MOMENT_MS);
  expect(message?.bytes.buffer).not.toBe(bytes.buffer);
  expect(message?.bytes.buffer.byteLength).toBe(message?.bytes.length);
});

it('a dead letter is the message with where it comes from, to be stamped anew', () => {
  const original = { data: Buffer.from('a'), attributes: { event_id: '7' }, orderingKey: 'key' };
  const [message] = stampMessages([encoded(original)], 1, MOMENT_MS);
  const letter = deadLetter(message!, { subscription: 'projects/lms/subscriptions/log-sub', attempts: 12 });
  expect(decoded(letter)).toMatchObject({
    ...original,
    messageId: '',
    publishTime: null,
    attributes: {
      event_id: '7',
      CloudPubSubDeadLetterSourceDeliveryCount: '12',
      CloudPubSubDeadLetterSourceSubscription: 'log-sub',
      CloudPubSubDeadLetterSourceSubscriptionProject: 'lms',
      CloudPubSubDeadLetterSourceTopicPublishTime: '2026-11-21T03:06:14.870Z',
    },
  });
});

describe('bytes that are no protobuf message', () => {
  it('are refused, and nothing is read beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [readPublishRequest, readAcknowledgeRequest]) {
          try {
            read(Buffer.from(bytes));
          } catch (error) {
            expect(failedStatus(error).details).not.toContain('Error');
            expect([status.INTERNAL, status.INVALID_ARGUMENT]).toContain(failedStatus(error).code);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a length beyond the end', [0x12, 5, 1]],
    ['a number without an end', [0x18, 0xff, 0xff]],
    ['a number that is too long', [0x18, ...Array<number>(10).fill(0xff), 1]],
    ['a fixed number beyond the end', [0x19, 1, 2]],
    ['a wire type that does not exist', [0x1f]],
  ])('%s', (_name, bytes) => {
    expect(() => readPublishRequest(Buffer.from(bytes))).toThrow(MalformedMessage);
  });

  it('are answered as gRPC answers them', () => {
    expect(failedStatus(new MalformedMessage())).toEqual({
      code: status.INTERNAL,
      details: 'Failed to parse the request: it is no valid protobuf message.',
    });
  });

  it('fields that are not known are passed over', () => {
    const unknown = [
      0xf8,
      0x7f,
      1,
      0xf9,
      0x7f,
      ...Array<number>(8).fill(0),
      0xfd,
      0x7f,
      0,
      0,
      0,
      0,
      0xfa,
      0x7f,
      1,
      9,
    ];
    const known = PublishRequest.encode({ topic: 't', messages: [{ data: Buffer.from('a') }] }).finish();
    expect(readPublishRequest(Buffer.from([...unknown, ...known, ...unknown]))).toMatchObject({ topic: 't' });
  });
});
