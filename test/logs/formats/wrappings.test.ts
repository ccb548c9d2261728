import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/logs/decode.ts';
import { isRejection } from '../../../src/logs/rejection.ts';
import { contractFaults } from '../../support/entry-contract.ts';
import { storedId } from '../../support/stored-id.ts';
import { entryOf, logEntry, messageOf, own, PUBLISHED, rejectionOf, severalOf, tagsIn } from '../messages.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const text = (stringValue: string) => ({ stringValue });
const STACK = 'ValueError: card declined\n  File "pay.py", line 31, in charge';

const LOG_RECORD = {
  timeUnixNano: '1793886300123456789',
  observedTimeUnixNano: '1793886300200000000',
  severityNumber: 17,
  severityText: 'ERROR',
  body: text('declined'),
  attributes: [
    { key: 'exception.stacktrace', value: text(STACK) },
    { key: 'order', value: { intValue: '17' } },
    { key: 'big', value: { intValue: '9223372036854775807' } },
    { key: 'resource', value: { boolValue: true } },
  ],
  traceId: TRACE,
  spanId: 'b7ad6b7169203331',
};

function otlp(records: unknown[], resource: unknown[] = [{ key: 'service.name', value: text('pay') }]) {
  const scope = { name: 'http', version: '1.2' };
  return {
    resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope, logRecords: records }] }],
  };
}

describe("OpenTelemetry's logs", () => {
  it('are an entry each, with what they share', () => {
    const entry = entryOf(otlp([LOG_RECORD]));
    expect(entry).toMatchObject({
      timestamp: '2026-11-05 13:45:00.123456',
      eventId: '7700000000000001',
      serviceName: 'pay',
      severity: 'error',
      payload: 'declined',
    });
    expect(tagsIn(entry)).toEqual({
      timeUnixNano: '1793886300123456789',
      observedTimeUnixNano: '1793886300200000000',
      'exception.stacktrace': STACK,
      order: 17,
      big: '9223372036854775807',
      scope: { name: 'http', version: '1.2' },
      attributes: { resource: true },
      spanId: 'b7ad6b7169203331',
      trace_id: TRACE,
    });
  });

  it.each([
    [1, 'debug', { severityNumber: 1 }],
    [5, 'debug', {}],
    [10, 'info', { severityNumber: 10 }],
    [13, 'warn', {}],
    ['SEVERITY_NUMBER_WARN2', 'warn', { severityNumber: 'SEVERITY_NUMBER_WARN2' }],
    ['SEVERITY_NUMBER_FATAL', 'fatal', {}],
    [24, 'fatal', { severityNumber: 24 }],
    [0, 'info', {}],
  ])('of severity number %j are %s', (severityNumber, severity, tags) => {
    const entry = entryOf(otlp([{ severityNumber, timeUnixNano: '1793886300000000000', body: text('x') }]));
    expect(entry.severity).toBe(severity);
    expect(tagsIn(entry)).toEqual({ scope: { name: 'http', version: '1.2' }, ...tags });
  });

  it('of a structured body have it as JSON, and happened when they were seen if nothing says more', () => {
    const body = {
      kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{ doubleValue: 1.5 }] } } }] },
    };
    const record = { timeUnixNano: '0', observedTimeUnixNano: '1793886300000000000', body };
    expect(entryOf(otlp([record]))).toMatchObject({
      payload: '{"a":[1.5]}',
      timestamp: '2026-11-05 13:45:00.000000',
    });
    expect(entryOf(otlp([{ body: text('x') }])).timestamp).toBe(PUBLISHED);
  });

  it('of several records are several entries', () => {
    const ids = severalOf(otlp([LOG_RECORD, { body: text('x') }])).map((entry) =>
      'code' in entry ? '' : entry.eventId,
    );
    expect(ids).toEqual(['7700000000000001-0000', '7700000000000001-0001']);
    const lines = [otlp([LOG_RECORD, LOG_RECORD]), own()].map((each) => JSON.stringify(each)).join('\n');
    expect(severalOf(lines).map((entry) => ('code' in entry ? '' : entry.eventId))).toEqual([
      '7700000000000001-0000-0000',
      '7700000000000001-0000-0001',
      '7700000000000001-0001',
    ]);
  });

  it('without a record, a service, or that repeat too much are rejected', () => {
    expect(rejectionOf({ resourceLogs: [] }).code).toBe('missing_field');
    expect(rejectionOf(otlp([LOG_RECORD], [])).reason).toContain('DEFAULT_SERVICE');
    const resource = [
      { key: 'service.name', value: text('pay') },
      { key: 'k', value: text('x'.repeat(10_000)) },
    ];
    const records = Array.from({ length: 9_000 }, () => ({ body: text('x') }));
    expect(rejectionOf(otlp(records, resource)).code).toBe('unpacks_too_large');
    expect(rejectionOf(otlp(Array.from({ length: 10_001 }, () => ({})))).code).toBe('too_many_entries');
  });
});

const EVENT = {
  specversion: '1.0',
  id: 'A-17',
  source: '//pay/api',
  type: 'pay.declined',
  time: '2026-11-05T13:45:00.5Z',
};
const BINARY = Object.fromEntries(Object.entries(EVENT).map(([name, value]) => [`ce-${name}`, value]));

describe('a CloudEvent', () => {
  it('is known by its id within its source, and happened when it says, in either mode', () => {
    const data = { order: 17 };
    const expected = {
      timestamp: '2026-11-05 13:45:00.500000',
      eventId: storedId('A-17', '//pay/api'),
      serviceName: '//pay/api',
      severity: 'info',
      payload: '{"order":17}',
      tags: JSON.stringify({ cloudEvent: EVENT }),
    };
    expect(entryOf({ ...EVENT, data })).toEqual(expected);
    expect(entryOf(data, { attributes: BINARY })).toEqual(expected);
  });

  it('around a log record is that record, with what it does not say itself', () => {
    const record = own({ timestamp: undefined });
    for (const entry of [entryOf({ ...EVENT, data: record }), entryOf(record, { attributes: BINARY })]) {
      expect(entry).toMatchObject({
        timestamp: '2026-11-05 13:45:00.500000',
        eventId: storedId('A-17', '//pay/api'),
        serviceName: 'alpha',
        payload: 'Hello',
      });
    }
    expect(tagsIn(entryOf({ ...EVENT, data: record }))).toEqual({ cloudEvent: EVENT });
    const audit = logEntry({ timestamp: '2026-11-05T13:45:00Z' });
    expect(entryOf({ ...EVENT, data: audit }).eventId).toBe(entryOf(audit).eventId);
  });

  it('may hold text, bytes, a list or nothing', () => {
    const attributes = BINARY;
    expect(entryOf('card declined', { attributes }).payload).toBe('card declined');
    expect(entryOf('[1, 2]', { attributes }).payload).toBe('[1, 2]');
    expect(entryOf('', { attributes }).payload).toBe('pay.declined');
    expect(entryOf({ ...EVENT, data: 'card declined' }).payload).toBe('card declined');
    expect(entryOf({ ...EVENT, data_base64: Buffer.from('{"a":1}').toString('base64') }).payload).toBe(
      '{"a":1}',
    );
    expect(entryOf({ ...EVENT, data: { n: 1 } }, {}, { defaultService: 'shop' }).serviceName).toBe(
      '//pay/api',
    );
  });

  it('of a list of events is an entry each, with its own id', () => {
    const events = severalOf([
      { ...EVENT, data: {} },
      { ...EVENT, id: 'A-18', data: {} },
    ]);
    expect(events.map((entry) => ('code' in entry ? '' : entry.eventId))).toEqual([
      storedId('A-17-0000', '//pay/api'),
      storedId('A-18-0001', '//pay/api'),
    ]);
  });
});

describe('what a push subscription posted, published once more', () => {
  const envelope = (data: string | Buffer, message: Record<string, unknown> = {}) => ({
    message: {
      data: Buffer.from(data).toString('base64'),
      attributes: { region: 'eu' },
      messageId: '42',
      publishTime: '2026-11-05T13:00:00.678Z',
      ...message,
    },
    subscription: 'projects/shop/subscriptions/push',
  });
  const timeless = JSON.stringify(own({ timestamp: undefined }));

  it('is the message inside, with the identity and the time it had', () => {
    expect(entryOf(envelope(timeless))).toMatchObject({
      timestamp: '2026-11-05 13:00:00.678000',
      eventId: '42',
      payload: 'Hello',
    });
    const attributes = { event_id: '17' };
    expect(entryOf(envelope(timeless, { attributes })).eventId).toBe(storedId('17'));
    expect(entryOf(envelope(gzipSync(timeless))).payload).toBe('Hello');
  });

  it('is rejected for what is inside, and if messages are within messages without end', () => {
    expect(rejectionOf(envelope('')).code).toBe('empty_data');
    expect(rejectionOf(envelope('', { data: '%%%' })).code).toBe('wrong_type');
    expect(rejectionOf(envelope('', { messageId: 7 })).code).toBe('wrong_type');
    let nested: unknown = own();
    for (let depth = 0; depth < 4; depth += 1) nested = envelope(JSON.stringify(nested));
    expect(rejectionOf(nested).code).toBe('too_deep');
  });
});

describe('whatever is inside', () => {
  const anything = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(1e300, '', '\ud800'));
  it.each([
    ['an OTLP export', (value: unknown) => otlp([{ ...LOG_RECORD, body: value }, value])],
    [
      'an OTLP attribute',
      (value: unknown) => otlp([{ attributes: [{ key: 'a', value }] }], [{ key: 'service.name', value }]),
    ],
    ['the data of a CloudEvent', (value: unknown) => ({ ...EVENT, data: value, extension: value })],
    [
      'a push envelope',
      (value: unknown) => ({ message: { data: value, messageId: '1', attributes: value }, subscription: '' }),
    ],
    [
      'a jsonPayload',
      (value: unknown) => logEntry({ textPayload: undefined, jsonPayload: { message: value, level: value } }),
    ],
    [
      'a request',
      (value: unknown) =>
        logEntry({ textPayload: undefined, httpRequest: { status: value, latency: value } }),
    ],
  ])('%s, it is an entry that keeps its contract or a rejection', (_what, wrap) => {
    fc.assert(
      fc.property(anything, (value) => {
        const message = messageOf(wrap(value));
        const decoded = decode(message);
        expect(decode(message)).toEqual(decoded);
        for (const each of 'length' in decoded ? decoded : [decoded]) {
          if (isRejection(each)) expect(each.reason).toMatch(/^[\x20-\x7e]{1,500}$/);
          else expect(contractFaults(each)).toEqual([]);
        }
      }),
    );
  });
});
