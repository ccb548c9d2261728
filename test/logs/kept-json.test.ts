import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, logEntry, own, rejectionOf } from './messages.ts';

/** A message with `json`, spelled as it is, in place of the text "@". */
function spelled(message: Record<string, unknown>, json: string): string {
  return JSON.stringify(message).replace('"@"', json);
}

const keptPayload = (json: string): string =>
  entryOf(spelled(logEntry({ textPayload: undefined, jsonPayload: '@' }), json)).payload;
const keptTags = (json: string): string | null => entryOf(spelled(own({ tags: '@' }), json)).tags;

describe('numbers in kept JSON', () => {
  it.each([
    '12345678901234567890',
    '-9007199254740993',
    '1e400',
    '-1E-400',
    '0.1234567890123456789',
    '1e20',
    '100000000000000000000000',
    '1.10e5',
    '9999999999999999',
    '123456789012345.6',
  ])('keep every digit of %s in a payload', (number) => {
    const json = `{"a":${number},"b":[${number},{"c":${number}}]}`;
    expect(keptPayload(json)).toBe(json);
  });

  it.each([
    '12345678901234567890',
    '-9223372036854775808',
    '18446744073709551615',
    '1e20',
    '1.5E-7',
    '0e500',
    '9007199254740993',
  ])('keep every digit of %s in tags', (number) => {
    expect(keptTags(`{"a":${number}}`)).toBe(`{"a":${number}}`);
  });

  it.each([
    '18446744073709551616',
    '-9223372036854775809',
    '1e400',
    '-1e400',
    '1e-400',
    '0.1234567890123456789',
    '123456789012345678901',
    '0.30000000000000001',
    '9007199254740993.0',
  ])('become text in tags if a JSON column would round or refuse them: %s', (number) => {
    expect(keptTags(`{"a":[${number}],"b":1.5}`)).toBe(`{"a":["${number}"],"b":1.5}`);
  });

  it('keep their digits in the other fields of a LogEntry too', () => {
    const entry = entryOf(spelled(logEntry({ labels: '@' }), '{"id":9007199254740993}'));
    expect(entry.tags).toContain('"labels":{"id":9007199254740993}');
    expect(entry).toMatchObject({ severity: 'info', serviceName: 'checkout', payload: 'Hello' });
  });

  it('keep the value of every number that anyone may send', () => {
    const digits = fc.string({ unit: fc.nat(9).map(String), minLength: 1, maxLength: 30 });
    const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
    const exponent = fc.option(fc.integer({ min: -400, max: 400 }), { nil: undefined });
    fc.assert(
      fc.property(whole, fc.option(digits, { nil: undefined }), exponent, (integer, fraction, power) => {
        const number = `${integer}${fraction === undefined ? '' : `.${fraction}`}${power === undefined ? '' : `e${power}`}`;
        const payload = keptPayload(`{"n":${number}}`);
        const kept = payload.slice('{"n":'.length, -1);
        // Without a risky number the usual spelling of JavaScript stands: 1.50 is 1.5.
        expect([number, String(Number(number))]).toContain(kept);
        if (kept !== number) expect(number.replace(/[-.]/g, '').length).toBeLessThanOrEqual(15);
      }),
    );
  });

  it('do not mistake text for numbers', () => {
    const json = '{"a":"12345678901234567890","b":", 1e400,","c":"x: 99999999999999999999"}';
    expect(keptPayload(json)).toBe(json);
    expect(keptTags(json)).toBe(json);
  });

  it('do not make a payload grow beyond what was sent', () => {
    const json = `{"a":[${Array.from({ length: 100_000 }, () => '1e20').join()}]}`;
    expect(keptPayload(json)).toHaveLength(json.length);
  });
});

describe('names and nesting in kept JSON', () => {
  it('keeps names that mean something to JavaScript', () => {
    const json = '{"__proto__":{"a":1},"constructor":"x","toString":null,"rawJSON":"1"}';
    expect(keptPayload(json)).toBe(json);
    expect(keptTags(json)).toBe(json);
    const exact = '{"__proto__":{"a":12345678901234567890},"toJSON":1}';
    expect(keptPayload(exact)).toBe(exact);
    expect(keptTags(exact)).toBe(exact);
  });

  const nested = (levels: number, core: string): string => '{"a":'.repeat(levels) + core + '}'.repeat(levels);

  it.each(['1', '12345678901234567890'])(
    'takes 31 levels of tags, as the database does, with %s inside',
    (core) => {
      expect(keptTags(nested(31, core))).toBe(nested(31, core));
      expect(rejectionOf(spelled(own({ tags: '@' }), nested(32, core))).code).toBe('too_deep');
      expect(rejectionOf(spelled(own({ more: '@' }), nested(31, core))).code).toBe('too_deep');
    },
  );

  it.each(['1', '12345678901234567890'])('takes 100 levels of payload, with %s inside', (core) => {
    expect(keptPayload(nested(100, core))).toBe(nested(100, core));
    const tooDeep = spelled(logEntry({ textPayload: undefined, jsonPayload: '@' }), nested(101, core));
    expect(rejectionOf(tooDeep).code).toBe('too_deep');
  });
});
