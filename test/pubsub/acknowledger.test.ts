import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ackIdText, textAckId } from '../../src/pubsub/ack-request.ts';
import { inRequests } from '../../src/pubsub/acknowledger.ts';
import { ids } from '../support/samples.ts';

it('nothing to settle is no request', () => {
  expect(inRequests([])).toEqual([]);
});

it('a request has a thousand ids at most', () => {
  const ackIds = ids('ack', 2_500).map(textAckId);
  expect(inRequests(ackIds).map((request) => request.length)).toEqual([1_000, 1_000, 500]);
});

it('long ids are cut into more requests: the service refuses one of more than 524,288 bytes whole', () => {
  const long = ids('x'.repeat(1_000), 1_000).map(textAckId);
  const requests = inRequests(long);
  expect(requests.length).toBe(3);
  expect(requests.flat()).toEqual(long);
});

it('whatever their lengths: every id is in one request, in order, and each request is one that the service takes', () => {
  const ackId = fc.integer({ min: 1, max: 2_000 }).map((length) => 'i'.repeat(length));
  fc.assert(
    fc.property(fc.array(ackId, { maxLength: 3_000, size: 'max' }), (texts) => {
      const ackIds = texts.map(textAckId);
      const requests = inRequests(ackIds);
      expect(requests.flat()).toEqual(ackIds);
      for (const request of requests) {
        expect(request.length).toBeGreaterThan(0);
        expect(request.length).toBeLessThanOrEqual(1_000);
        const bytes = request.reduce((sum, id) => sum + ackIdText(id).length + 4, 0);
        expect(bytes).toBeLessThan(500_000);
      }
    }),
    { numRuns: 20 },
  );
});
