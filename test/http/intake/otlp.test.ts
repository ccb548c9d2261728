import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { otlpLogs } from '../../../src/http/intake/otlp.ts';
import { encodeField } from '../../../src/protobuf/wire.ts';
import { IntakeWorld, jsonOf } from '../../support/intake.ts';
import { type AnyValue, encodeExport, type Export, type LogRecord } from './otlp-messages.ts';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const NANOS = '1795615205123456789';

function exportOf(logRecords: readonly LogRecord[], service = 'checkout'): Export {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return {
    resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: { name: 'lib' }, logRecords }] }],
  };
}

function text(payload: string, more: LogRecord = {}): LogRecord {
  return { timeUnixNano: NANOS, severityNumber: 9, body: { stringValue: payload }, ...more };
}

const leaf: fc.Arbitrary<AnyValue> = fc.oneof(
  fc.string({ unit: 'binary' }).map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => ({ intValue: String(value) })),
  fc.integer().map((value) => ({ intValue: String(value) })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
  fc.constantFrom('NaN', 'Infinity', '-Infinity').map((doubleValue) => ({ doubleValue })),
  fc.uint8Array().map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
);
const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));

describe('OTLP/HTTP', () => {
  it('says the same in protobuf and in JSON, whatever is in it', async () => {
    const record = fc.record(
      {
        timeUnixNano: fc.bigInt(10n ** 18n, 2n ** 62n).map(String),
        severityNumber: fc.integer({ min: 0, max: 24 }),
        severityText: fc.constantFrom('', 'INFO', 'warning', 'notice'),
        body: value,
        attributes: fc.uniqueArray(fc.record({ key: fc.string(), value }), {
          selector: ({ key }) => key,
          maxLength: 4,
        }),
        traceId: fc.constantFrom('', '0af7651916cd43dd8448eb211c80319c'),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 4 }), async (records) => {
        const sent = exportOf(records);
        const [json, protobuf] = [new IntakeWorld(), new IntakeWorld()];
        const ofJson = await json.send(otlpLogs, { body: JSON.stringify(sent) });
        const ofProtobuf = await protobuf.send(otlpLogs, { body: encodeExport(sent), headers: PROTOBUF });
        expect([ofJson.status, ofProtobuf.status]).toEqual([200, 200]);
        const plain = (world: IntakeWorld) =>
          world.entries.map((entry) => ({ ...entry, eventId: entry.eventId.slice(0, 12) }));
        expect(plain(protobuf)).toEqual(plain(json));
        expect(json.entries).toHaveLength(records.length);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['JSON', {}, (sent: Export) => JSON.stringify(sent)],
    ['protobuf', PROTOBUF, encodeExport],
  ])(
    'in %s a retry counts once, equal records each, and nanoseconds order them',
    async (_name, headers, encode) => {
      const world = new IntakeWorld();
      const records = ['9', '5', '5', '1'].map((digit) =>
        text(digit, { timeUnixNano: `179561520512345600${digit}` }),
      );
      for (let n = 0; n < 2; n += 1)
        expect((await world.send(otlpLogs, { body: encode(exportOf(records)), headers })).status).toBe(200);
      expect([world.published.length, world.rows.map(({ payload }) => payload)]).toEqual([
        8,
        ['1', '5', '5', '9'],
      ]);
      expect(world.rows[0]).toMatchObject({
        serviceName: 'checkout',
        severity: 'info',
        timestamp: '2026-11-25 14:00:05.123456',
      });
    },
  );

  it('success is an empty answer: nothing that a client would warn of', async () => {
    const world = new IntakeWorld();
    expect(jsonOf(await world.send(otlpLogs, { body: JSON.stringify(exportOf([text('a')])) }))).toEqual({});
    const { body, headers } = await world.send(otlpLogs, {
      body: encodeExport(exportOf([text('a')])),
      headers: PROTOBUF,
    });
    expect([body.length, headers['content-type']]).toEqual([0, 'application/x-protobuf']);
    expect((await world.send(otlpLogs, { body: '{}' })).status).toBe(200);
    expect((await world.send(otlpLogs, { body: '', headers: PROTOBUF })).status).toBe(200);
  });

  it('what is refused for good is a partial success, and the rest goes in', async () => {
    const deep = Array.from({ length: 130 }).reduce<AnyValue>(
      (inner) => ({ arrayValue: { values: [inner] } }),
      { boolValue: true },
    );
    const sent = exportOf([text('a'), text('b', { attributes: [{ key: 'deep', value: deep }] }), text('c')]);
    const world = new IntakeWorld();
    const answer = await world.send(otlpLogs, { body: encodeExport(sent), headers: PROTOBUF });
    const message = 'The record is nested too deep: it should have at most 100 levels.';
    const partial = Buffer.concat([Buffer.from([0x08, 1]), encodeField(2, Buffer.from(message))]);
    expect([answer.status, answer.body]).toEqual([200, encodeField(1, partial)]);
    expect(world.rows.map(({ payload }) => payload)).toEqual(['a', 'c']);
    expect(world.letters.map(({ rejection }) => rejection.code)).toEqual(['too_deep']);
    const unknown = exportOf([text('a'), text('b', { severityNumber: 99 })]);
    const inJson = await world.send(otlpLogs, { body: JSON.stringify(unknown) });
    expect(jsonOf(inJson)).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } });
  });

  it('names in snake case, numbers as numbers, a time that only the observer has', async () => {
    const body = `{"resource_logs":[{"scope_logs":[{"log_records":[{"time_unix_nano":0,"observed_time_unix_nano":${NANOS},
      "severity_number":17,"trace_id":"0AF7651916CD43DD8448EB211C80319C","body":{"string_value":"x"},
      "attributes":[{"key":"snake_case","value":{"int_value":7}},{"key":"d","value":{"double_value":"NaN"}}]}]}]}]}`;
    const world = new IntakeWorld();
    await world.send(otlpLogs, { body });
    const [row] = world.rows;
    expect(row).toMatchObject({
      serviceName: 'unknown_service',
      severity: 'error',
      payload: 'x',
      timestamp: '2026-11-25 14:00:05.123456',
    });
    expect(JSON.parse(row?.tags ?? '')).toMatchObject({
      snake_case: 7,
      d: 'NaN',
      trace_id: '0AF7651916CD43DD8448EB211C80319C',
    });
    expect(row?.eventId).toMatch(/^789/);
  });

  it('a record without any time happened now', async () => {
    const world = new IntakeWorld();
    await world.send(otlpLogs, {
      body: encodeExport(exportOf([{ body: { stringValue: 'x' } }])),
      headers: PROTOBUF,
    });
    expect(world.rows[0]).toMatchObject({ timestamp: '2026-11-25 14:00:05.250000', severity: 'info' });
  });

  it.each(['log.record.uid', 'event_id'])('%s is the identity', async (key) => {
    const world = new IntakeWorld();
    const attributes = [{ key, value: { stringValue: 'e1' } }];
    await world.send(otlpLogs, {
      body: encodeExport(exportOf([text('a', { attributes })])),
      headers: PROTOBUF,
    });
    await world.send(otlpLogs, { body: JSON.stringify(exportOf([text('b'), text('a', { attributes })])) });
    expect(world.rows.map(({ payload }) => payload).toSorted()).toEqual(['a', 'b']);
  });

  it('text that is no UTF-8 is mended and marked', async () => {
    const world = new IntakeWorld();
    const body = encodeExport(exportOf([text('a_b'), text('c')]));
    body[body.indexOf('a_b') + 1] = 0xff;
    await world.send(otlpLogs, { body, headers: PROTOBUF });
    expect(world.rows.map(({ payload, tags }) => [payload, tags?.includes('lms_invalid_utf8')])).toEqual([
      ['a\ufffdb', true],
      ['c', false],
    ]);
  });

  it.each([
    ['application/json', '{"resourceLogs":[', 400],
    ['application/json', '[]', 400],
    ['application/json', '{"resourceSpans":[]}', 400],
    ['application/json', '{"resourceLog":[]}', 400],
    ['application/json', `{"resourceLogs":[${'['.repeat(5_000)}${']'.repeat(5_000)}]}`, 400],
    ['application/json', `{"resourceLogs":[${'0,'.repeat(1_000_000)}0]}`, 413],
    ['application/x-protobuf', Buffer.from([0x0a, 0xff]), 400],
    ['application/x-protobuf', Buffer.from('{"resourceLogs":[]}'), 400],
    [
      'application/x-protobuf',
      encodeField(
        1,
        encodeField(2, Buffer.concat(Array.from({ length: 100_001 }, () => Buffer.from([0x12, 0])))),
      ),
      413,
    ],
    ['text/plain', 'x', 415],
  ])('a wrong body of %s is a status of its own encoding: %#', async (type, body, status) => {
    const answer = await new IntakeWorld().send(otlpLogs, { body, headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
    if (type === 'application/x-protobuf') {
      expect(answer.headers['content-type']).toBe(type);
      expect([...answer.body.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
    } else expect(jsonOf(answer)).toMatchObject({ code: 3, message: expect.any(String) as string });
  });

  it('records that share much are too much before any of them is made', async () => {
    const attributes = [{ key: 'large', value: { stringValue: 'x'.repeat(1_000_000) } }];
    const logRecords = Array.from({ length: 300 }, () => text('a'));
    const body = encodeExport({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] });
    expect((await new IntakeWorld().send(otlpLogs, { body, headers: PROTOBUF })).status).toBe(413);
  });

  it('a broker that does not answer is a 503, which is sent again; a token that may not, a 403', async () => {
    const world = new IntakeWorld();
    world.publishesLeft = 0;
    const failed = await world.send(otlpLogs, { body: JSON.stringify(exportOf([text('a')])) });
    expect([failed.status, jsonOf(failed)['code']]).toEqual([503, 14]);
    world.publishesLeft = Infinity;
    const grant = { ...OPEN, services: ['cart'] };
    const denied = await world.send(otlpLogs, { body: JSON.stringify(exportOf([text('a')])), grant });
    expect([denied.status, jsonOf(denied)['code'], world.published]).toEqual([403, 7, []]);
  });
});
