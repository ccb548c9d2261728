import { protos } from '@google-cloud/pubsub';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { PUBLISH_LIMITS, requestEnds } from '../../src/pubsub/publish-request.ts';

const LONGEST_TOPIC = `projects/${'p'.repeat(30)}/topics/${'t'.repeat(255)}`;

function message(bytes: number, attributes: Record<string, string> = {}): OutgoingMessage {
  return { data: new Uint8Array(bytes), attributes };
}

/** What the messages between two ends weigh as protobuf encodes them. */
function encodedBytes(messages: readonly OutgoingMessage[]): number {
  const request = { topic: LONGEST_TOPIC, messages: [...messages] };
  return protos.google.pubsub.v1.PublishRequest.encode(request).finish().length;
}

function parts(messages: readonly OutgoingMessage[], ends: readonly number[]): OutgoingMessage[][] {
  return ends.map((end, index) => messages.slice(ends[index - 1] ?? 0, end));
}

describe('cutting messages into publish requests', () => {
  it('makes no request of no messages', () => {
    expect(requestEnds([])).toEqual([]);
  });

  it('puts 1,000 messages into a request and no more', () => {
    expect(requestEnds(Array.from({ length: 2_001 }, () => message(1)))).toEqual([1_000, 2_000, 2_001]);
  });

  it('begins another request where the bytes would be too many', () => {
    const messages = [message(6_000_000), message(3_000_000), message(2_000_000)];
    expect(requestEnds(messages)).toEqual([2, 3]);
  });

  it('keeps order and every message, and no request is over a limit as it is encoded', () => {
    const limits = { maxMessages: 7, maxBytes: 3_000 };
    const attributes = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      { maxKeys: 4 },
    );
    const messages = fc.array(
      fc.record({ data: fc.uint8Array({ maxLength: 900, size: '+2' }), attributes }),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(messages, (sent) => {
        const requests = parts(sent, requestEnds(sent, limits));
        expect(requests.flat().every((each, index) => each === sent[index])).toBe(true);
        expect(requests.flat()).toHaveLength(sent.length);
        const within = requests.every(
          (request) =>
            request.length > 0 &&
            request.length <= limits.maxMessages &&
            encodedBytes(request) <= limits.maxBytes,
        );
        expect(within).toBe(true);
      }),
    );
  });

  it('takes a message whose attributes only look large until they are measured', () => {
    const almost = message(PUBLISH_LIMITS.maxBytes - 2_000, { note: 'x'.repeat(1_024) });
    expect(requestEnds([message(1), almost, message(1)])).toEqual([1, 2, 3]);
  });

  it('refuses a message that no request can carry, and says which and how large it is', () => {
    const refusal = () => requestEnds([message(1), message(10_000_000)]);
    expect(refusal).toThrow(LmsError);
    expect(refusal).toThrow(
      'message 2 of 2 has 10,000,016 bytes with its attributes; Pub/Sub takes at most 10,000,000',
    );
  });
});
