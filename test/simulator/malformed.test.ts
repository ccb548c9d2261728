import { describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import type { OutgoingMessage } from '../../src/logs/message.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import { malformed, MALFORMED_KINDS } from '../../src/simulator/malformed.ts';
import { Simulator } from '../../src/simulator/simulator.ts';
import { storedId } from '../support/stored-id.ts';

function decoded({ data, attributes }: OutgoingMessage) {
  return decode({ data, attributes, messageId: '1', publishTime: { seconds: 1_795_000_000, nanos: 0 } });
}

describe('malformed', () => {
  it.each([
    ['not JSON', 'not_json'],
    ['cut off', 'not_json'],
    ['cut inside a character', 'not_utf8'],
    ['not an object', 'not_an_object'],
    ['missing field', 'missing_field'],
    ['unknown severity', 'unknown_severity'],
    ['bad timestamp', 'bad_timestamp'],
    ['wrong type', 'wrong_type'],
  ] as const)('makes a message that is %s, which the decoder rejects as %s', (kind, code) => {
    const data = malformed(kind, { serviceName: 'alpha', seq: 1, timestamp: '2026-11-21T02:10:05.000000Z' });
    expect(decoded({ data, attributes: {} })).toMatchObject({ code });
  });
});

describe('the decoder on simulated messages', () => {
  const simulator = new Simulator({ run: 'r', services: ['alpha', 'bravo'], invalidShare: 0.3, seed: 5 });
  const messages = simulator.make(2_000);

  it('rejects exactly those that are counted as invalid', () => {
    const rejected = messages.filter((message) => isRejection(decoded(message)));
    expect(rejected).toEqual(messages.filter(({ countsAs }) => countsAs === 'invalid'));
    const codes = new Set(rejected.map((message) => JSON.stringify(decoded(message)).slice(0, 30)));
    expect(codes.size).toBeGreaterThanOrEqual(MALFORMED_KINDS.length - 1);
  });

  it('reads the others as what they are counted as, with their own identity', () => {
    for (const message of messages.filter(({ countsAs }) => countsAs !== 'invalid')) {
      expect(decoded(message)).toMatchObject({
        ...(message.countsAs as object),
        eventId: storedId(
          message.attributes['event_id'] ?? '',
          (message.countsAs as { serviceName: string }).serviceName,
        ),
      });
    }
  });
});
