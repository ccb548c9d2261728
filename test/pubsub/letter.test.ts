import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/logs/message.ts';
import { LETTER, readLetter, replayOf, writeLetter } from '../../src/pubsub/letter.ts';

const SUBSCRIPTION = 'projects/lms/subscriptions/log-sub';
const REJECTION = { code: 'not_json', reason: 'The message is not JSON.' } as const;

function received(data: Uint8Array, attributes: Record<string, string> = {}): Message {
  return { messageId: '17', publishTime: { seconds: 1_794_000_000, nanos: 120_000_000 }, data, attributes };
}

function letterOf(message: Message, reason: string = REJECTION.reason) {
  const delivery = { ...message, receivedAtMs: 0, bytes: message.data.length };
  return writeLetter({ delivery, rejection: { ...REJECTION, reason } }, SUBSCRIPTION);
}

/** The letter as it comes out of the dead-letter subscription: a message of its own, published later. */
function delivered(message: Message) {
  return {
    ...received(message.data),
    ...letterOf(message),
    messageId: '99',
    publishTime: { seconds: 1_795_000_000, nanos: 0 },
  };
}

function manyAttributes(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, `value ${index}`]));
}

describe('a dead letter', () => {
  it('says why, what it was, and where it came from, beside its own data and attributes', () => {
    const data = Buffer.from('no JSON');
    expect(letterOf(received(data, { event_id: 'e-1', run: 'r' }))).toEqual({
      data,
      attributes: {
        event_id: 'e-1',
        run: 'r',
        lms_code: 'not_json',
        lms_reason: 'The message is not JSON.',
        lms_subscription: SUBSCRIPTION,
        original_message_id: '17',
        original_publish_time: '2026-11-06T21:20:00.120000000Z',
      },
    });
  });

  it('opens to the message as it was', () => {
    const attributes = fc.dictionary(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((key) => !/^__proto__$/.test(key)),
      fc.string({ unit: 'binary', maxLength: 200 }),
      { maxKeys: 100 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), attributes, (data, own) => {
        const { original, ...about } = readLetter(delivered(received(data, own)));
        expect({ ...original?.attributes }).toEqual({ ...own });
        expect(Buffer.compare(original?.data ?? Buffer.from('missing'), data)).toBe(0);
        expect(about).toMatchObject({
          messageId: '17',
          publishTime: '2026-11-06T21:20:00.120000000Z',
          code: 'not_json',
        });
      }),
    );
  });

  it.each([
    ['96 attributes', manyAttributes(96)],
    ['100 attributes', manyAttributes(100)],
    ['an attribute of the service', { googclient_schemaencoding: 'JSON' }],
  ])('is packed when %s would break a limit', (_, own) => {
    const message = received(Buffer.from('no JSON'), own);
    const letter = letterOf(message);
    expect(letter.attributes).toMatchObject({ lms_code: 'not_json', lms_encoding: 'gzip' });
    expect(Object.keys(letter.attributes).length).toBeLessThanOrEqual(100);
    expect(readLetter(delivered(message)).original?.attributes).toEqual(own);
  });

  it('is packed when the message is as large as Pub/Sub allows', () => {
    const data = Buffer.alloc(9_999_300, 'a line of a log\n');
    const message = received(data);
    expect(letterOf(message).data.length).toBeLessThan(1_000_000);
    expect(data.equals(readLetter(delivered(message)).original?.data ?? Buffer.alloc(0))).toBe(true);
  });

  it('is refused with the id of the message when it is too large even packed', () => {
    const message = received(randomBytes(9_999_900));
    expect(() => letterOf(message)).toThrow(
      'message 17 is too large for the dead-letter topic, even compressed',
    );
  });

  it('cuts a reason to what an attribute holds, at a whole character', () => {
    const reason = letterOf(received(Buffer.from('x')), '\u{1F40C}'.repeat(400)).attributes[LETTER.reason];
    expect(reason).toBe('\u{1F40C}'.repeat(256));
  });

  it('from another program has no code and is its own original', () => {
    const letter = readLetter(received(Buffer.from('x'), { CloudPubSubDeadLetterSourceDeliveryCount: '5' }));
    expect(letter).toMatchObject({ messageId: '17', code: '', reason: '' });
    expect(letter.original?.attributes).toEqual({ CloudPubSubDeadLetterSourceDeliveryCount: '5' });
  });

  it('that claims to be packed and is not has no original', () => {
    expect(readLetter(received(Buffer.from('x'), { lms_encoding: 'gzip' })).original).toBeUndefined();
  });
});

describe('a replayed message', () => {
  it('is the original with the id and the publish time it had first', () => {
    const data = Buffer.from('no JSON');
    expect(replayOf(readLetter(delivered(received(data, { event_id: 'e-1' }))))).toEqual({
      data,
      attributes: {
        event_id: 'e-1',
        original_message_id: '17',
        original_publish_time: '2026-11-06T21:20:00.120000000Z',
      },
    });
  });

  it('that fails again is the same letter, not one inside another', () => {
    const first = delivered(received(Buffer.from('no JSON'), { event_id: 'e-1' }));
    const again = replayOf(readLetter(first));
    const second = letterOf({
      ...received(Buffer.alloc(0)),
      ...again,
      messageId: '55',
      publishTime: { seconds: 1, nanos: 1 },
    });
    expect(second).toEqual(letterOf(received(Buffer.from('no JSON'), { event_id: 'e-1' })));
  });

  it('does not exist for a letter with no room for what keeps its identity', () => {
    expect(replayOf(readLetter(delivered(received(Buffer.from('x'), manyAttributes(98)))))).toBeDefined();
    expect(replayOf(readLetter(delivered(received(Buffer.from('x'), manyAttributes(99)))))).toBeUndefined();
  });
});
