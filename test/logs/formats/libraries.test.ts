import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/logs/decode.ts';
import { isRejection } from '../../../src/logs/rejection.ts';
import { contractFaults } from '../../support/entry-contract.ts';
import { entryOf, messageOf, PUBLISHED, rejectionOf, tagsIn } from '../messages.ts';
import { COLLECTOR_SAMPLES } from '../samples/collectors.ts';
import { LIBRARY_SAMPLES } from '../samples/libraries.ts';

const SAMPLES = [...LIBRARY_SAMPLES, ...COLLECTOR_SAMPLES];

describe('a record of a logging library', () => {
  it.each(SAMPLES.map((sample) => [sample.name, sample] as const))('%s', (_name, { record, entry }) => {
    const decoded = entryOf(record);
    expect({ ...decoded, tags: tagsIn(decoded) }).toEqual({ eventId: '7700000000000001', ...entry });
    expect(contractFaults(decoded)).toEqual([]);
  });

  it.each(SAMPLES.map((sample) => [sample.name, sample] as const))(
    '%s: whatever its members are, it is an entry that keeps its contract or a rejection',
    (_name, { record }) => {
      const members = fc.dictionary(
        fc.constantFrom(...Object.keys(record), 'trace', 'service', '__proto__'),
        fc.oneof(
          fc.jsonValue({ stringUnit: 'binary' }),
          fc.constantFrom(1e300, -1, '', '\ud800', 9007199254740993),
        ),
        { maxKeys: 3 },
      );
      fc.assert(
        fc.property(members, (replaced) => {
          const message = messageOf({ ...record, ...replaced });
          const decoded = decode(message);
          expect(decode(message)).toEqual(decoded);
          for (const each of 'length' in decoded ? decoded : [decoded]) {
            if (isRejection(each)) expect(each.reason).toMatch(/^[\x20-\x7e]{1,500}$/);
            else expect(contractFaults(each)).toEqual([]);
          }
        }),
        { numRuns: 50 },
      );
    },
  );

  it('without a service has that of an attribute, else the default, else says how to set it', () => {
    const record = { level: 'info', msg: 'x', time: '2026-11-05T13:45:00Z' };
    expect(
      entryOf(record, { attributes: { service: 'bravo' } }, { defaultService: 'shop' }).serviceName,
    ).toBe('bravo');
    expect(entryOf(record, {}, { defaultService: 'shop' }).serviceName).toBe('shop');
    expect(rejectionOf(record)).toMatchObject({
      code: 'missing_field',
      reason: expect.stringContaining('DEFAULT_SERVICE') as string,
    });
  });

  it('happened when it was published if its time cannot be read, which the tags keep', () => {
    const entry = entryOf({ level: 'info', message: 'x', timestamp: '13:45', service: 'a' });
    expect(entry.timestamp).toBe(PUBLISHED);
    expect(tagsIn(entry)).toEqual({ timestamp: '13:45' });
  });

  it('has every digit of nanoseconds since 1970', () => {
    const entry = entryOf('{"level":"info","msg":"x","ts":1793886300123456789,"service":"a"}');
    expect(entry).toMatchObject({
      timestamp: '2026-11-05 13:45:00.123456',
      tags: '{"ts":1793886300123456789}',
    });
  });

  it('with a level that nobody knows is rejected', () => {
    expect(rejectionOf({ level: 'loud', message: 'x', service: 'a' }).code).toBe('unknown_severity');
    expect(rejectionOf({ level: 0, time: 1793886300123, msg: 'x', service: 'a' }).code).toBe(
      'unknown_severity',
    );
  });

  it('with a service of more than 100 characters has the first 100, and the tags all of them', () => {
    const entry = entryOf({ level: 'info', message: 'x', service: 'é'.repeat(150) });
    expect(entry.serviceName).toBe('é'.repeat(100));
    expect(tagsIn(entry)).toEqual({ service: 'é'.repeat(150) });
  });

  it('nested 100,000 deep is rejected', () => {
    const deep = '{"a":'.repeat(100_000) + '1e400' + '}'.repeat(100_000);
    for (const member of ['message', 'time', 'err']) {
      const record = `{"level":"info","msg":"x","service":"a","ts":1e300,"${member}":${deep}}`;
      expect(rejectionOf(record).code).toBe('too_deep');
    }
  });
});
