import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../src/logs/severity.ts';
import { contractFaults } from '../../support/entry-contract.ts';
import { entryOf, own, PUBLISHED, rejectionOf, tagsIn } from '../messages.ts';

describe('a message in our own format', () => {
  it('becomes an entry with exactly what it says', () => {
    expect(entryOf(own())).toEqual({
      timestamp: '2026-11-05 13:45:00.123456',
      eventId: '7700000000000001',
      serviceName: 'alpha',
      severity: 'info',
      payload: 'Hello',
      tags: null,
    });
  });

  it('decodes to itself, whatever valid values it has', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 100 })
      .filter((text) => text.isWellFormed() && text === text.trim());
    const payload = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
    const instant = fc.date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    const micros = fc.integer({ min: 0, max: 999 }).map((value) => String(value).padStart(3, '0'));

    fc.assert(
      fc.property(
        name,
        payload,
        fc.constantFrom(...SEVERITIES),
        instant,
        micros,
        (service, text, severity, date, more) => {
          const iso = date.toISOString();
          const entry = entryOf(
            own({ service_name: service, payload: text, severity, timestamp: iso.replace('Z', `${more}Z`) }),
          );
          const timestamp = iso.replace('T', ' ').replace('Z', more);
          expect(entry).toMatchObject({
            timestamp,
            serviceName: service,
            severity,
            payload: text,
            tags: null,
          });
          expect(contractFaults(entry)).toEqual([]);
        },
      ),
    );
  });

  it.each([undefined, null])('without a timestamp (%s) happened when it was published', (timestamp) => {
    expect(entryOf(own({ timestamp })).timestamp).toBe(PUBLISHED);
  });

  it('loses the white space around the name of its service', () => {
    expect(entryOf(own({ service_name: '\t\u00a0 alpha beta \u3000\n' })).serviceName).toBe('alpha beta');
  });

  it('may have a name of 100 characters, counted as a person would count emoji, and no more', () => {
    expect(entryOf(own({ service_name: '😀'.repeat(100) })).serviceName).toBe('😀'.repeat(100));
    expect(rejectionOf(own({ service_name: '😀'.repeat(101) })).code).toBe('service_name_too_long');
    expect(entryOf(own({ service_name: 'x'.repeat(100) })).serviceName).toHaveLength(100);
    expect(rejectionOf(own({ service_name: 'x'.repeat(101) })).code).toBe('service_name_too_long');
    expect(rejectionOf(own({ service_name: 'x'.repeat(100_000) })).code).toBe('service_name_too_long');
  });

  it('keeps an empty payload, control characters and NUL', () => {
    expect(entryOf(own({ payload: '' })).payload).toBe('');
    expect(entryOf(own({ payload: 'a\0b\u0001\r\n\u2028' })).payload).toBe('a\0b\u0001\r\n\u2028');
  });

  it('keeps its tags, and every field that we do not know, as JSON', () => {
    const entry = entryOf(own({ tags: { host: 'a1', ['nested']: { list: [1, null, 'x'] } }, region: 'eu' }));
    expect(tagsIn(entry)).toEqual({ region: 'eu', host: 'a1', nested: { list: [1, null, 'x'] } });
    expect(tagsIn(entryOf(own({ timestamp: undefined, region: 'eu' })))).toEqual({ region: 'eu' });
  });

  it('may have tags with the names of columns', () => {
    const tags = { service_name: 'x', payload: 'y', severity: 'z', timestamp: 1, tags: { tags: 2 } };
    const entry = entryOf(own({ tags }));
    expect(tagsIn(entry)).toEqual(tags);
    expect(entry.serviceName).toBe('alpha');
  });

  it.each([
    ['INFO', 'info', null],
    [' Warning ', 'warn', null],
    ['CRITICAL', 'fatal', null],
    ['err', 'error', null],
    ['Notice', 'info', { severity: 'Notice' }],
    ['emerg', 'fatal', { severity: 'emerg' }],
    ['TRACE', 'debug', { severity: 'TRACE' }],
    ['panic', 'fatal', { severity: 'panic' }],
    ['dpanic', 'fatal', { severity: 'dpanic' }],
    ['\u001b[31mERROR\u001b[39m', 'error', null],
  ])('may name its severity as others do: %j is %s', (given, severity, tags) => {
    const entry = entryOf(own({ severity: given }));
    expect(entry.severity).toBe(severity);
    expect(tagsIn(entry)).toEqual(tags);
  });

  it.each([
    [1_793_886_300, '2026-11-05 13:45:00.000000', null],
    [1_793_886_300.25, '2026-11-05 13:45:00.250000', null],
    [1_793_886_300_123, '2026-11-05 13:45:00.123000', null],
    [1_793_886_300_123_456, '2026-11-05 13:45:00.123456', null],
    ['1793886300123', '2026-11-05 13:45:00.123000', null],
    ['1793886300123456789', '2026-11-05 13:45:00.123456', { timestamp: '1793886300123456789' }],
    [{ seconds: 1_793_886_300, nanos: 123_456_000 }, '2026-11-05 13:45:00.123456', null],
    [{ seconds: '1793886300' }, '2026-11-05 13:45:00.000000', null],
    [
      { seconds: 1_793_886_300, nanos: 5 },
      '2026-11-05 13:45:00.000000',
      { timestamp: { seconds: 1_793_886_300, nanos: 5 } },
    ],
    ['2026-11-05T13:45:00.123456000Z', '2026-11-05 13:45:00.123456', null],
    [
      '2026-11-05T14:45:00.1234567+01:00',
      '2026-11-05 13:45:00.123456',
      { timestamp: '2026-11-05T14:45:00.1234567+01:00' },
    ],
  ])('may have its time as %j, kept in the tags if digits are cut off', (timestamp, expected, tags) => {
    const entry = entryOf(own({ timestamp }));
    expect(entry.timestamp).toBe(expected);
    expect(tagsIn(entry)).toEqual(tags);
  });

  it('keeps tags that are a list, as Filebeat and Logback send them', () => {
    expect(tagsIn(entryOf(own({ tags: ['slow', 'eu'] })))).toEqual({ tags: ['slow', 'eu'] });
    expect(tagsIn(entryOf(own({ tags: ['slow'], region: 'eu' })))).toEqual({ tags: ['slow'], region: 'eu' });
  });

  it('loses nothing where a tag is called like a field beside the tags', () => {
    const tags = { region: 'us', host: 'a1' };
    expect(tagsIn(entryOf(own({ region: 'eu', tags })))).toEqual({ region: 'eu', tags });
    expect(tagsIn(entryOf(own({ severity: 'notice', tags: { severity: 1 } })))).toEqual({
      severity: 'notice',
      tags: { severity: 1 },
    });
  });

  it('takes its service from an attribute or the default where it names none', () => {
    const data = own({ service_name: undefined });
    expect(entryOf(data, { attributes: { service_name: 'bravo', service: 'x' } }).serviceName).toBe('bravo');
    expect(entryOf(data, { attributes: { service: 'bravo' } }, { defaultService: 'x' }).serviceName).toBe(
      'bravo',
    );
    expect(entryOf(data, {}, { defaultService: 'shop' }).serviceName).toBe('shop');
    expect(entryOf(own(), {}, { defaultService: 'shop' }).serviceName).toBe('alpha');
    expect(rejectionOf(data).reason).toContain('DEFAULT_SERVICE');
  });

  it('calls the id of its trace trace_id', () => {
    expect(tagsIn(entryOf(own({ traceId: '0af7' })))).toEqual({ trace_id: '0af7' });
    expect(tagsIn(entryOf(own({ tags: { 'dd.trace_id': '77' } })))).toEqual({ trace_id: '77' });
    const both = { trace_id: 'a', traceId: 'b' };
    expect(tagsIn(entryOf(own({ tags: both })))).toEqual(both);
  });

  it.each([{}, null])('with empty tags (%j) has none', (tags) => {
    expect(entryOf(own({ tags })).tags).toBeNull();
  });
});

describe('a message in our own format is rejected', () => {
  it.each([
    ['without a service name', { service_name: null }, 'missing_field'],
    ['with a service name that is a number', { service_name: 7 }, 'wrong_type'],
    ['with a service name that is an object', { service_name: { toString: 'alpha' } }, 'wrong_type'],
    ['with an empty service name', { service_name: '' }, 'empty_service_name'],
    ['with a blank service name', { service_name: ' \t\n\u2003' }, 'empty_service_name'],
    ['without a payload', { payload: undefined }, 'missing_field'],
    ['with a null payload', { payload: null }, 'missing_field'],
    ['with a payload that is an object', { payload: {} }, 'wrong_type'],
    ['without a severity', { severity: undefined }, 'missing_field'],
    ['with a severity that is a number', { severity: 3 }, 'wrong_type'],
    ['with a severity of its own', { severity: 'LOUD' }, 'unknown_severity'],
    ['with a severity named like a method', { severity: 'constructor' }, 'unknown_severity'],
    ['with a timestamp that is a list', { timestamp: [1_793_886_300] }, 'wrong_type'],
    ['with a timestamp that is negative', { timestamp: -1 }, 'bad_timestamp'],
    ['with a timestamp far away', { timestamp: 1e300 }, 'bad_timestamp'],
    ['with a timestamp without an offset', { timestamp: '2026-11-05T13:45:00' }, 'bad_timestamp'],
    ['with an empty timestamp', { timestamp: '' }, 'bad_timestamp'],
    ['with tags that are text', { tags: 'a' }, 'wrong_type'],
    ['with half an emoji in its service name', { service_name: 'a\ud83d' }, 'malformed_unicode'],
    ['with half an emoji in its payload', { payload: '\ude00' }, 'malformed_unicode'],
    ['with half an emoji in a tag', { tags: { a: ['\ud83d'] } }, 'malformed_unicode'],
    ['with half an emoji in the name of a tag', { tags: { '\ude00': 1 } }, 'malformed_unicode'],
    ['with half an emoji in an unknown field', { more: '\\\ud83d' }, 'malformed_unicode'],
  ])('%s', (_what, fields, code) => {
    expect(rejectionOf(own(fields)).code).toBe(code);
  });

  it('but not for the text \\ud83d, which looks like half an emoji and is not', () => {
    const tags = { a: '\\ud83d', b: 'C:\\udata', c: '😀' };
    expect(tagsIn(entryOf(own({ tags })))).toEqual(tags);
  });

  it('with a reason that says what would be right', () => {
    expect(rejectionOf(own({ severity: 'loud' })).reason).toBe(
      'severity is "loud": it should be one of debug, info, warn, error, fatal.',
    );
    expect(rejectionOf(own({ payload: undefined })).reason).toBe('payload is missing: it should be text.');
    expect(rejectionOf(own({ tags: 'a' })).reason).toBe('tags is text: it should be an object or a list.');
  });

  it('with a reason that shows at most 40 plain characters of a value', () => {
    const { reason } = rejectionOf(own({ severity: `\u001b[31m${'é'.repeat(1000)}` }));
    expect(reason).toBe(
      `severity is "?[31m${'?'.repeat(32)}...": it should be one of debug, info, warn, error, fatal.`,
    );
  });
});
