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
    ['with a severity in capitals', { severity: 'INFO' }, 'unknown_severity'],
    ['with a severity with a space', { severity: 'info ' }, 'unknown_severity'],
    ['with a severity named like a method', { severity: 'constructor' }, 'unknown_severity'],
    ['with a timestamp that is a number', { timestamp: 1_793_886_300 }, 'wrong_type'],
    ['with a timestamp without an offset', { timestamp: '2026-11-05T13:45:00' }, 'bad_timestamp'],
    ['with an empty timestamp', { timestamp: '' }, 'bad_timestamp'],
    ['with tags that are a list', { tags: ['a'] }, 'wrong_type'],
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
    expect(rejectionOf(own({ severity: 'warning' })).reason).toBe(
      'severity is "warning": it should be one of debug, info, warn, error, fatal.',
    );
    expect(rejectionOf(own({ payload: undefined })).reason).toBe('payload is missing: it should be text.');
    expect(rejectionOf(own({ tags: [] })).reason).toBe('tags is an array: it should be an object.');
  });

  it('with a reason that shows at most 40 plain characters of a value', () => {
    const { reason } = rejectionOf(own({ severity: `\u001b[31m${'é'.repeat(1000)}` }));
    expect(reason).toBe(
      `severity is "?[31m${'?'.repeat(32)}...": it should be one of debug, info, warn, error, fatal.`,
    );
  });
});
