import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/logs/decode.ts';
import type { Message } from '../../src/logs/message.ts';
import { isRejection } from '../../src/logs/rejection.ts';
import { contractFaults } from '../support/entry-contract.ts';
import { entryOf, logEntry, messageOf, own, rejectionOf } from './messages.ts';

const SECRET = 'hunter2-payload';

describe('bytes that are no message', () => {
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

  it.each([
    ['nothing at all', '', 'empty_data'],
    ['a byte order mark alone', '\ufeff', 'empty_data'],
    ['two byte order marks', `\ufeff\ufeff${JSON.stringify(own())}`, 'not_json'],
    ['white space', ' \n', 'empty_data'],
    ['NUL', '\0', 'not_json'],
    ['text', SECRET, 'not_json'],
    ['truncated JSON', `{"service_name":"alpha","payload":"${SECRET}`, 'not_json'],
    ['JSON with something after it', `{"payload":"${SECRET}"} x`, 'not_json'],
    ['single quotes', "{'payload':'x'}", 'not_json'],
    ['a raw control character', `{"payload":"${SECRET}\u0001"}`, 'not_json'],
    ['truncated UTF-8', bytes(0x22, 0xe2, 0x82), 'not_utf8'],
    ['an overlong encoding', bytes(0x22, 0xc0, 0x80, 0x22), 'not_utf8'],
    ['a surrogate in UTF-8', bytes(0x22, 0xed, 0xa0, 0x80, 0x22), 'not_utf8'],
    ['Latin-1', Buffer.from(`{"payload":"${SECRET} é"}`, 'latin1'), 'not_utf8'],
    ['UTF-16', Buffer.from(`\ufeff${SECRET}`, 'utf16le'), 'not_utf8'],
    ['null', 'null', 'not_an_object'],
    ['a list', `["${SECRET}"]`, 'not_an_object'],
    ['a text', `"${SECRET}"`, 'not_an_object'],
    ['a number', '1e400', 'not_an_object'],
    ['true', 'true', 'not_an_object'],
    ['a list nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 'not_an_object'],
    ['an empty object', '{}', 'unknown_shape'],
    ['an object of another kind', `{"message":"${SECRET}"}`, 'unknown_shape'],
    [
      'fields of the prototype only',
      '{"__proto__":{"service_name":"alpha","payload":"x","severity":"info"}}',
      'unknown_shape',
    ],
    ['ours without its service name', `{"payload":"${SECRET}","severity":"info"}`, 'missing_field'],
  ])('%s: rejected, without a word of what it said', (_what, data, code) => {
    const rejection = rejectionOf(data);
    expect(rejection.code).toBe(code);
    expect(rejection.reason).not.toContain(SECRET);
    expect(rejection.reason).toMatch(/^[\x20-\x7e]{1,500}$/);
  });

  it('leave the decoder fit for the next message', () => {
    rejectionOf(bytes(0xe2, 0x82));
    expect(entryOf(own({ payload: '¬' })).payload).toBe('¬');
  });
});

describe('odd messages', () => {
  it('may begin with a byte order mark', () => {
    expect(entryOf(`\ufeff${JSON.stringify(own({ payload: '\ufeffx' }))}`).payload).toBe('\ufeffx');
  });

  it('may be bytes that are not a Buffer, or a part of a larger one', () => {
    const text = JSON.stringify(own({ payload: 'part' }));
    const whole = Buffer.from(`###${text}###`);
    expect(entryOf(new Uint8Array(whole.buffer, whole.byteOffset + 3, text.length)).payload).toBe('part');
  });

  it('with a key twice mean the last one, as JSON.parse has it', () => {
    expect(entryOf(JSON.stringify(own()).replace('{', '{"payload":"first",')).payload).toBe('Hello');
  });

  it('may carry 10 MB', () => {
    const payload = `${'é'.repeat(5_000_000)}\0`;
    expect(entryOf(own({ payload })).payload).toBe(payload);
  });

  const deep = '{"a":'.repeat(100_000) + '1e400' + '}'.repeat(100_000);

  it.each([
    ['a service name', own({ service_name: '@' }), 'wrong_type'],
    ['a payload', own({ payload: '@' }), 'wrong_type'],
    ['a severity', own({ severity: '@' }), 'wrong_type'],
    ['a timestamp', own({ timestamp: '@' }), 'wrong_type'],
    ['tags', own({ tags: '@' }), 'too_deep'],
    ['an unknown field', own({ more: '@' }), 'too_deep'],
    ['a jsonPayload', logEntry({ textPayload: undefined, jsonPayload: '@' }), 'too_deep'],
    ['labels', logEntry({ labels: '@' }), 'too_deep'],
    [
      'labels beside a jsonPayload',
      logEntry({ textPayload: undefined, jsonPayload: {}, labels: '@' }),
      'too_deep',
    ],
    ['an insertId', logEntry({ insertId: '@' }), 'too_deep'],
    ['a severity of a LogEntry', logEntry({ severity: '@' }), 'unknown_severity'],
    ['a timestamp of a LogEntry', logEntry({ timestamp: '@' }), 'wrong_type'],
    ['a textPayload', logEntry({ textPayload: '@' }), 'wrong_type'],
  ])('nested 100,000 deep in %s are rejected', (_what, message, code) => {
    expect(rejectionOf(JSON.stringify(message).replace('"@"', deep)).code).toBe(code);
  });

  it('without a timestamp, of an impossible publish time, are rejected', () => {
    const rest = { publishTime: { seconds: 1e12, nanos: 0 } };
    expect(rejectionOf(own({ timestamp: undefined }), rest).code).toBe('bad_timestamp');
  });
});

describe('a message template whose text would become far longer than its record', () => {
  const template = '{A}'.repeat(1_000);

  it.each([
    [
      'in the compact form',
      (A: string) => ({ '@t': '2026-11-05T13:45:00Z', '@mt': template, A, service: 'a' }),
    ],
    [
      'in the older form',
      (A: string) => ({
        Timestamp: '2026-11-05T13:45:00Z',
        MessageTemplate: template,
        Properties: { A },
        service: 'a',
      }),
    ],
  ])('%s stays as it is, and its properties are in the tags', (_what, record) => {
    for (const length of [100_000, 1_000_000]) {
      const entry = entryOf(record('x'.repeat(length)));
      expect(entry.payload.length).toBe(template.length);
      expect(entry.payload.startsWith('{A}')).toBe(true);
      expect(entry.tags?.length).toBeGreaterThan(length);
    }
    expect(entryOf(record('x'.repeat(1_000))).payload).toHaveLength(1_000_000);
  });

  it('is the template whole, not a part of its text', () => {
    const record = {
      '@t': '2026-11-05T13:45:00Z',
      '@mt': '{A}{B}{A}',
      service: 'a',
      A: 'x'.repeat(1_000_000),
    };
    expect(entryOf({ ...record, B: 'y' }).payload.length).toBe('{A}{B}{A}'.length);
  });
});

describe('whatever the message, decode gives an entry that keeps its contract or a rejection, and never throws', () => {
  /** Characters of a text that may be malformed: halves of surrogate pairs too, and what escapes them. */
  const brokenText = fc.oneof(
    { weight: 9, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud83d', '\ude00', '\\', '\\ud83d') },
  );
  const anyValue = fc
    .anything({ maxDepth: 4, withNullPrototype: false })
    .map((value) => (value === undefined ? null : value));
  const attributes = fc.dictionary(
    fc.constantFrom('event_id', 'original_message_id', 'original_publish_time'),
    fc.string({ unit: 'binary' }),
  );
  const rest = fc.record({ messageId: fc.string(), attributes });

  function holds(data: unknown, more: Partial<Message>): void {
    const message = messageOf(data, more);
    const decoded = decode(message);
    expect(decode(message)).toEqual(decoded);
    for (const each of 'length' in decoded ? decoded : [decoded]) {
      if (isRejection(each)) expect(each.reason).toMatch(/^[\x20-\x7e]{1,500}$/);
      else expect(contractFaults(each)).toEqual([]);
    }
  }

  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), rest, holds));
  });

  it('random JSON', () => {
    fc.assert(fc.property(fc.json({ stringUnit: brokenText }), rest, holds));
  });

  it.each([
    ['our own format', own({ tags: { a: 1 } })],
    ['a LogEntry', logEntry({ jsonPayload: { a: 1 }, labels: {} })],
  ])('%s with fields replaced by anything', (_what, base) => {
    const fields = fc.dictionary(
      fc.constantFrom(...Object.keys(base), '__proto__'),
      fc.oneof(fc.jsonValue({ stringUnit: brokenText }), anyValue),
      {
        maxKeys: 3,
      },
    );
    fc.assert(
      fc.property(fields, rest, (replaced, more) => {
        const data = { ...base, ...replaced };
        holds(
          JSON.stringify(data, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
          more,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('valid messages with bytes changed', () => {
    const base = Buffer.from(JSON.stringify(own({ tags: { a: [1e20, 'é😀'] } })));
    const edits = fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const data = Buffer.from(base);
        for (const [at, value] of changes) data[at] = value;
        holds(data, {});
      }),
      { numRuns: 2_000 },
    );
  });
});
