import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { postEntries } from '../../../src/http/resources/post-entries.ts';
import { entryId } from '../../../src/logs/entry-id.ts';
import { entryJson } from '../../../src/logs/entry-json.ts';
import { IntakeWorld, jsonOf } from '../../support/intake.ts';

const TIME = '2026-11-25T14:00:05.123456Z';
const NDJSON = { 'content-type': 'application/x-ndjson' };

function record(payload: string, more: object = {}): object {
  return { service_name: 'cart', payload, severity: 'info', timestamp: TIME, ...more };
}

function lines(records: readonly unknown[]): string {
  return records.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
}

describe('POST /api/v1/entries', () => {
  it('takes one object, and answers with the id that its row will have', async () => {
    const world = new IntakeWorld();
    const answer = await world.send(postEntries, { body: JSON.stringify(record('hello 😀\u0000')) });
    expect(answer.status).toBe(202);
    const [row] = world.rows;
    expect(row).toMatchObject({ serviceName: 'cart', payload: 'hello 😀\u0000', severity: 'info' });
    expect(jsonOf(answer)).toEqual({
      accepted: 1,
      rejected: 0,
      denied: 0,
      ids: [entryId(row!)],
      refused: [],
    });
    expect(postEntries.response.safeParse(jsonOf(answer)).success).toBe(true);
  });

  it.each([
    ['an array', 'application/json', JSON.stringify([record('a'), record('b'), record('b')])],
    ['lines', 'application/x-ndjson', lines([record('a'), record('b'), record('b')])],
    ['lines that are called JSON', 'application/json', lines([record('a'), record('b'), record('b')])],
    [
      'lines with CR and a byte order mark',
      'application/x-ndjson',
      `\ufeff${lines([record('a'), record('b'), record('b')]).replaceAll('\n', '\r\n\r\n')}`,
    ],
    [
      'files of lines, each with a byte order mark and of no known format',
      'application/x-ndjson',
      ['a', 'b', 'b']
        .map((msg) => `\ufeff${JSON.stringify({ service: 'cart', msg, ts: TIME })}\r\n`)
        .join(''),
    ],
  ])(
    '%s keep their order within one time, sent again they count once, equal ones each',
    async (_name, type, body) => {
      const world = new IntakeWorld();
      for (let n = 0; n < 2; n += 1) {
        const answer = await world.send(postEntries, { body, headers: { 'content-type': type } });
        expect([answer.status, jsonOf(answer)['accepted']]).toEqual([202, 3]);
      }
      expect(world.published).toHaveLength(6);
      expect(world.rows.map(({ payload }) => payload)).toEqual(['a', 'b', 'b']);
    },
  );

  it('a new request never meets the entries of another, even if they are the same ones', async () => {
    const world = new IntakeWorld();
    await world.send(postEntries, { body: JSON.stringify(record('a')) });
    await world.send(postEntries, { body: JSON.stringify([record('a')]) });
    await world.send(postEntries, { body: JSON.stringify(record('a')), query: { msg_field: 'payload' } });
    const grant = { ...OPEN, name: 'test', prefix: 'test.' };
    await world.send(postEntries, { body: JSON.stringify(record('a')), grant });
    expect(world.rows.map(({ serviceName }) => serviceName).toSorted()).toEqual([
      'cart',
      'cart',
      'cart',
      'test.cart',
    ]);
  });

  it('digits after the microseconds order what has the same time, whichever request brought it', async () => {
    const world = new IntakeWorld();
    const nanos = ['789', '7', '001', '', '79'];
    for (const digits of nanos)
      await world.send(postEntries, {
        body: JSON.stringify({
          time: `2026-11-25T14:00:05.123456${digits}Z`,
          level: 'INFO',
          msg: digits,
          service: 'x',
        }),
      });
    await world.send(postEntries, {
      body: JSON.stringify({ '@timestamp': '1795615205.1234565', message: 'epoch', service: 'x' }),
    });
    expect(world.rows.map(({ payload }) => payload)).toEqual(['', '001', 'epoch', '7', '789', '79']);
  });

  it('one bad entry never costs the batch, and becomes a dead letter with its bytes', async () => {
    const world = new IntakeWorld();
    const bad = [
      '{"broken',
      '5',
      '{"service_name":"cart","payload":7,"severity":"info"}',
      '{"msg":"\\ud800","service":"x"}',
      '{}',
    ];
    const answer = await world.send(postEntries, {
      body: lines([record('a'), ...bad, record('b')]),
      headers: NDJSON,
    });
    expect(jsonOf(answer)).toMatchObject({
      accepted: 2,
      rejected: 5,
      refused: [
        { place: 1, code: 'not_json' },
        { place: 2, code: 'not_an_object' },
        { place: 3, code: 'wrong_type' },
        { place: 4, code: 'malformed_unicode' },
        { place: 5, code: 'unknown_shape' },
      ],
    });
    expect(world.letters.map(({ delivery }) => Buffer.from(delivery.data).toString('utf8'))).toEqual(bad);
    expect(new Set(world.letters.map(({ delivery }) => delivery.messageId)).size).toBe(5);
  });

  it('a damaged element of an array is a record that is refused', async () => {
    const world = new IntakeWorld();
    const body = `[${JSON.stringify(record('a'))}, {"x":tru}, ${JSON.stringify(record('b'))}]`;
    expect(jsonOf(await world.send(postEntries, { body }))).toMatchObject({
      accepted: 2,
      refused: [{ place: 1, code: 'not_json' }],
    });
  });

  it.each([
    ['a brace that closes nothing', (a: string) => `[}, ${a}}, ${a}]`, [2, 2]],
    ['an array behind the array', (a: string) => `[${a}]\n[${a}]`, [2, 0]],
    ['something else behind the array', (a: string) => `[${a}] {"x" ]`, [1, 1]],
  ])('%s is neither passed over nor read for ever', async (_name, bodyOf, [accepted, rejected]) => {
    const world = new IntakeWorld();
    const body = bodyOf(JSON.stringify(record('a')));
    expect(jsonOf(await world.send(postEntries, { body }))).toMatchObject({ accepted, rejected });
    expect(world.letters).toHaveLength(rejected ?? 0);
  });

  it.each([
    ['', 'BODY', 'empty'],
    [' \n\t', 'BODY', 'empty'],
    ['hello', 'BODY', 'JSON'],
    ['[{"a":1}', 'BODY', 'cut off'],
    ['{"payload":"x"}', 'RECORDS', 'service_name'],
    ['{"payload":"x","severity":"info"}', 'RECORDS', 'service_name'],
  ])('the body %j is a problem', async (body, code, hint) => {
    const answer = await new IntakeWorld().send(postEntries, { body });
    expect([answer.status, jsonOf(answer)['code']]).toEqual([400, code]);
    expect(jsonOf(answer)['detail']).toContain(hint);
  });

  it('what is no UTF-8 is mended and marked, in lines and in arrays', async () => {
    const world = new IntakeWorld();
    const broken = Buffer.concat([
      Buffer.from('{"service":"x","level":"warn","msg":"a'),
      Buffer.from([0xff]),
      Buffer.from('b"}'),
    ]);
    await world.send(postEntries, { body: broken, headers: NDJSON });
    await world.send(postEntries, { body: Buffer.concat([Buffer.from('['), broken, Buffer.from(']')]) });
    await world.send(postEntries, { body: JSON.stringify([record('a\ufffdb')]) });
    expect(
      world.rows.map(({ payload, tags }) => [payload, tags?.includes('lms_invalid_utf8') ?? false]),
    ).toEqual([
      ['a\ufffdb', false],
      ['a\ufffdb', true],
      ['a\ufffdb', true],
    ]);
  });

  it('any age is taken, and a time far ahead is marked', async () => {
    const world = new IntakeWorld();
    const times = [
      '1500-01-01T00:00:00Z',
      '2026-11-26T14:00:05Z',
      '2026-11-26T14:00:06Z',
      '9999-12-31T23:59:59Z',
    ];
    await world.send(postEntries, {
      body: JSON.stringify(times.map((timestamp) => record(timestamp, { timestamp }))),
    });
    expect(world.rows.map(({ tags }) => tags)).toEqual([
      null,
      null,
      '{"lms_time_ahead":true}',
      '{"lms_time_ahead":true}',
    ]);
  });

  it('a stored entry in JSON keeps its key and its tags', async () => {
    const world = new IntakeWorld();
    const stored = {
      timestamp: '2026-11-25 14:00:05.000001',
      eventId: 'own-7',
      serviceName: 'cart',
      severity: 'warn',
      payload: 'x',
      tags: '{"big":12345678901234567890}',
    } as const;
    const body = entryJson({ ...stored, createdAt: '2026-11-25 14:01:00.000000' });
    await world.send(postEntries, { body });
    for (const each of [body, `[${body}]`])
      await world.send(postEntries, { body: each, grant: { ...OPEN, prefix: 'n.' } });
    const inNamespace = { ...stored, serviceName: 'n.cart' };
    expect(world.entries).toEqual([stored, inNamespace, inNamespace]);
  });

  it('an id among the fields is the identity within the service, apart in each namespace', async () => {
    const world = new IntakeWorld();
    const send = (more: object, prefix = '') =>
      world.send(postEntries, { body: JSON.stringify(record('a', more)), grant: { ...OPEN, prefix } });
    await send({ event_id: 'e1', n: 1 });
    await send({ event_id: 'e1', n: 2 });
    await send({ 'log.record.uid': 'e1' });
    await send({ event_id: 'e1' }, 'test.');
    await send({ event_id: 'e1', service_name: 'other' });
    expect(world.rows.map(({ serviceName }) => serviceName).toSorted()).toEqual([
      'cart',
      'other',
      'test.cart',
    ]);
  });

  it('what a token may not write is refused, and the rest goes in', async () => {
    const world = new IntakeWorld();
    const grant = { ...OPEN, name: 'carts', services: ['cart*'] };
    const body = JSON.stringify([record('a'), record('b', { service_name: 'checkout' })]);
    const answer = await world.send(postEntries, { body, grant });
    expect(jsonOf(answer)).toMatchObject({
      accepted: 1,
      denied: 1,
      refused: [{ place: 1, code: 'not_allowed' }],
    });
    expect(world.letters).toEqual([]);
    const denied = await world.send(postEntries, {
      body: JSON.stringify(record('b', { service_name: 'x' })),
      grant,
    });
    expect([denied.status, jsonOf(denied)['code']]).toEqual([403, 'SCOPE']);
  });

  it('members are named by the query, a service is given to what names none', async () => {
    const world = new IntakeWorld();
    const body = lines([
      { at: 1_795_615_205, what: 'one', how: 'E', n: 1 },
      { at: '2026-11-25 14:00:06,5', what: { deep: true }, how: 'odd', service: 'own' },
    ]);
    const query = { service: 'shop', time_field: 'at', msg_field: 'what', level_field: 'how' };
    await world.send(postEntries, { body, headers: NDJSON, query });
    expect(world.rows).toMatchObject([
      {
        timestamp: '2026-11-25 14:00:05.000000',
        serviceName: 'shop',
        severity: 'error',
        payload: 'one',
        tags: '{"n":1}',
      },
      {
        timestamp: '2026-11-25 14:00:06.500000',
        serviceName: 'own',
        severity: 'info',
        payload: '{"deep":true}',
      },
    ]);
  });

  it.each([
    [{ message: 'm', fromhost: 'h', facility: 'daemon', priority: 'err', timereported: TIME }, 'error', 'm'],
    [{ '@timestamp': TIME, log: 'line\n', stream: 'stderr' }, 'info', 'line\n'],
    [{ time: TIME, level: 30, msg: 'pino', pid: 1, hostname: 'h' }, 'info', 'pino'],
    [{ '@timestamp': TIME, 'log.level': 'ERROR', message: 'ecs', 'ecs.version': '1.6' }, 'error', 'ecs'],
    [{ ts: TIME, severity: 4, text: 'syslog number' }, 'warn', 'syslog number'],
    [{ service_name: 'own', message: 'no level', ts: TIME }, 'info', 'no level'],
    [
      { remote_addr: '::1', status: 200, time: TIME },
      'info',
      '{"remote_addr":"::1","status":200,"time":"2026-11-25T14:00:05.123456Z"}',
    ],
  ])('%j is read, whatever wrote it', async (sent, severity, payload) => {
    const world = new IntakeWorld();
    await world.send(postEntries, { body: JSON.stringify(sent), defaultService: 'usual' });
    expect(world.entries).toMatchObject([{ timestamp: '2026-11-25 14:00:05.123456', severity, payload }]);
    expect(world.entries[0]?.serviceName).toBe('service_name' in sent ? 'own' : 'usual');
  });
});
