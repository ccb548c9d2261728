import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, OutgoingMessage } from '../../src/logs/message.ts';
import {
  DEAD_LETTER_ATTRIBUTES,
  readDeadLetter,
  replayOf,
  writeDeadLetter,
} from '../../src/pubsub/dead-letter-message.ts';
import { requestEnds } from '../../src/pubsub/publish-request.ts';

const SUBSCRIPTION = 'projects/lms/subscriptions/log-sub';
const REJECTION = { code: 'not_json', reason: 'The message is not JSON.' } as const;

function received(data: Uint8Array, attributes: Record<string, string> = {}): Message {
  return { messageId: '17', publishTime: { seconds: 1_794_000_000, nanos: 120_000_000 }, data, attributes };
}

function partsOf(message: Message, reason: string = REJECTION.reason) {
  const delivery = { ...message, receivedAtMs: 0, bytes: message.data.length };
  return writeDeadLetter({ delivery, rejection: { ...REJECTION, reason } }, SUBSCRIPTION);
}

function letterOf(message: Message, reason?: string) {
  const parts = partsOf(message, reason);
  expect(parts).toHaveLength(1);
  return parts[0]!;
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

/** As many and as long ones as a message may have. */
function longestAttributes(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [String(index).padEnd(256, 'k'), 'v'.repeat(1_024)]),
  );
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
        const { original, ...about } = readDeadLetter(delivered(received(data, own)));
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
    expect(readDeadLetter(delivered(message)).original?.attributes).toEqual(own);
  });

  it('is packed when the message is as large as Pub/Sub allows', () => {
    const data = Buffer.alloc(9_999_300, 'a line of a log\n');
    const message = received(data);
    expect(letterOf(message).data.length).toBeLessThan(1_000_000);
    expect(data.equals(readDeadLetter(delivered(message)).original?.data ?? Buffer.alloc(0))).toBe(true);
  });

  it('cuts a reason to what an attribute holds, at a whole character', () => {
    const reason = letterOf(received(Buffer.from('x')), '\u{1F40C}'.repeat(400)).attributes[
      DEAD_LETTER_ATTRIBUTES.reason
    ];
    expect(reason).toBe('\u{1F40C}'.repeat(256));
  });

  it('from another program has no code and is its own original', () => {
    const letter = readDeadLetter(
      received(Buffer.from('x'), { CloudPubSubDeadLetterSourceDeliveryCount: '5' }),
    );
    expect(letter).toMatchObject({ messageId: '17', code: '', reason: '' });
    expect(letter.original?.attributes).toEqual({ CloudPubSubDeadLetterSourceDeliveryCount: '5' });
  });

  it('that claims to be packed and is not has no original', () => {
    expect(readDeadLetter(received(Buffer.from('x'), { lms_encoding: 'gzip' })).original).toBeUndefined();
  });
});

describe('a dead letter that is too large for one message even packed', () => {
  const data = randomBytes(9_999_700);

  it('is cut into numbered parts, each with why, whose it is, and the attributes', () => {
    const parts = partsOf(received(data, { event_id: 'e-1' }));
    expect(parts.map(({ attributes }) => attributes)).toMatchObject([
      { lms_part: '1/2', lms_code: 'not_json', original_message_id: '17', event_id: 'e-1' },
      { lms_part: '2/2', lms_code: 'not_json', original_message_id: '17', event_id: 'e-1' },
    ]);
    expect(joined(parts).equals(data)).toBe(true);
  });

  it('is cut where it was before when it is written again, for a longer reason', () => {
    const first = partsOf(received(data), 'x');
    const again = partsOf(received(data), 'x'.repeat(1_024));
    expect(again.map((part) => part.data.length)).toEqual(first.map((part) => part.data.length));
  });

  it.each([
    ['the most attributes that leave room for ours', manyAttributes(94)],
    ['one attribute more', manyAttributes(95)],
    ['as many and as long attributes as there may be', longestAttributes()],
    ['an attribute of the service', { googclient_schemaencoding: 'JSON' }],
  ])('fits with %s', (_, own) => {
    const parts = partsOf(received(Buffer.alloc(9_999_950, data), own), 'x'.repeat(2_000));
    expect(requestEnds(parts).at(-1)).toBe(parts.length);
    for (const { attributes } of parts) expect(Object.keys(attributes).length).toBeLessThanOrEqual(100);
  });

  it('is packed before it is cut if its attributes would break a limit', () => {
    const parts = partsOf(received(data, manyAttributes(100)));
    expect(parts.map(({ attributes }) => attributes)).toMatchObject([
      { lms_part: '1/3', lms_encoding: 'gzip' },
      { lms_part: '2/3', lms_encoding: 'gzip' },
      { lms_part: '3/3', lms_encoding: 'gzip' },
    ]);
    const unpacked = gunzipSync(joined(parts));
    const lineEnd = unpacked.indexOf('\n');
    expect(JSON.parse(unpacked.toString('utf8', 0, lineEnd))).toEqual(manyAttributes(100));
    expect(unpacked.subarray(lineEnd + 1).equals(data)).toBe(true);
  });

  it.each([
    ['part', { event_id: 'e-1' }],
    ['packed part', manyAttributes(100)],
  ])('says in each %s what it is, and is not replayed', (_, own) => {
    const [first] = partsOf(received(data, own));
    const letter = readDeadLetter({ ...received(Buffer.alloc(0)), ...first, messageId: '99' });
    expect(letter).toMatchObject({ messageId: '17', code: 'not_json', bytes: 5_000_000 });
    expect(letter.part).toMatch(/^1\//);
    expect(replayOf(letter)).toBeUndefined();
  });

  function joined(parts: readonly OutgoingMessage[]): Buffer {
    return Buffer.concat(parts.map((part) => part.data));
  }
});

describe('a replayed message', () => {
  it('is the original with the id and the publish time it had first', () => {
    const data = Buffer.from('no JSON');
    expect(replayOf(readDeadLetter(delivered(received(data, { event_id: 'e-1' }))))).toEqual({
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
    const again = replayOf(readDeadLetter(first));
    const second = letterOf({
      ...received(Buffer.alloc(0)),
      ...again,
      messageId: '55',
      publishTime: { seconds: 1, nanos: 1 },
    });
    expect(second).toEqual(letterOf(received(Buffer.from('no JSON'), { event_id: 'e-1' })));
  });

  it('does not exist for a letter with no room for what keeps its identity', () => {
    expect(replayOf(readDeadLetter(delivered(received(Buffer.from('x'), manyAttributes(98)))))).toBeDefined();
    expect(
      replayOf(readDeadLetter(delivered(received(Buffer.from('x'), manyAttributes(99))))),
    ).toBeUndefined();
  });
});
