import { compress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { LOKI_ROUTES } from '../../../src/http/intake/loki.ts';
import { labelsOf } from '../../../src/http/intake/loki-push.ts';
import { IntakeWorld } from '../../support/intake.ts';
import { encodePush } from './otlp-messages.ts';

const [push, legacy, ready] = LOKI_ROUTES;
const NANOS = '1795615205123456';
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

function streams(values: readonly unknown[], stream: object = { service_name: 'cart' }): string {
  return JSON.stringify({ streams: [{ stream, values }] });
}

describe('Loki push', () => {
  it('takes JSON: labels, a time in nanoseconds, a line, structured metadata', async () => {
    const world = new IntakeWorld();
    const body = streams([[`${NANOS}789`, 'hello 😀\u0000', { trace_id: 't1', user: 'é', level: 'error' }]], {
      app: 'cart',
      level: 'warn',
    });
    const answer = await world.send(push!, { body });
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
    expect(world.rows).toMatchObject([
      {
        timestamp: '2026-11-25 14:00:05.123456',
        serviceName: 'cart',
        severity: 'warn',
        payload: 'hello 😀\u0000',
      },
    ]);
    expect(JSON.parse(world.rows[0]?.tags ?? '')).toEqual({
      time_ns: `${NANOS}789`,
      trace_id: 't1',
      user: 'é',
      metadata: { level: 'error' },
    });
    expect(world.rows[0]?.eventId).toMatch(/^789/);
  });

  it('takes snappy protobuf, and says the same', async () => {
    const world = new IntakeWorld();
    const entries = [{ seconds: 1_795_615_205, nanos: 123_456_789, line: 'a', metadata: { trace_id: 't1' } }];
    const body = compress(encodePush([{ labels: '{job="x\\"y", level="error"}', entries }]));
    expect((await world.send(push!, { body, headers: PROTOBUF })).status).toBe(204);
    expect(world.rows).toMatchObject([
      { serviceName: 'x"y', severity: 'error', payload: 'a', timestamp: '2026-11-25 14:00:05.123456' },
    ]);
    expect(JSON.parse(world.rows[0]?.tags ?? '')).toEqual({ time_ns: `${NANOS}789`, trace_id: 't1' });
  });

  it('labels of any length are read in time, or refused', () => {
    const startMs = performance.now();
    for (const piece of ['a', 'a ', 'a=', 'a="', '"', '\\', 'a`', 'a="\\'])
      labelsOf(piece.repeat(Math.floor(100_000 / piece.length)));
    expect(labelsOf(`{a="${'x'.repeat(90_000)}"}`)).toEqual({ a: 'x'.repeat(90_000) });
    expect(() => labelsOf(`{a="${'x'.repeat(16_000_000)}"}`)).toThrow('100000 characters');
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });

  it('takes the older form at the older path', async () => {
    const world = new IntakeWorld();
    const body = JSON.stringify({
      streams: [{ labels: '{job="old"}', entries: [{ ts: '2026-11-25T14:00:05.5Z', line: 'x' }] }],
    });
    expect((await world.send(legacy!, { body })).status).toBe(204);
    expect(world.rows).toMatchObject([
      { serviceName: 'old', timestamp: '2026-11-25 14:00:05.500000', payload: 'x' },
    ]);
  });

  it('is ready', async () => {
    const answer = await new IntakeWorld().send(ready!);
    expect([answer.status, answer.body.toString()]).toEqual([200, 'ready\n']);
  });

  it('a retry counts once; equal lines, and the same lines in a new push, each', async () => {
    const world = new IntakeWorld();
    const body = streams([
      [`${NANOS}9`.padEnd(19, '0'), 'b'],
      [`${NANOS}100`, 'a'],
      [`${NANOS}100`, 'a'],
    ]);
    await world.send(push!, { body });
    await world.send(push!, { body });
    expect(world.rows.map(({ payload }) => payload)).toEqual(['a', 'a', 'b']);
    await world.send(push!, { body: `${body} ` });
    expect(world.rows).toHaveLength(6);
  });

  it('one bad entry never costs the batch', async () => {
    const world = new IntakeWorld();
    const body = streams([
      [`${NANOS}000`, 'a'],
      ['NaN000000', 'b'],
      null,
      [`${NANOS}000`],
      7,
      [`${NANOS}001`, 'c', { n: 5 }],
    ]);
    expect((await world.send(push!, { body })).status).toBe(204);
    expect(world.rows.map(({ payload }) => payload)).toEqual(['a', 'c']);
    expect(world.letters.map(({ rejection }) => rejection.code)).toEqual([
      'bad_timestamp',
      'not_an_object',
      'missing_field',
      'not_an_object',
    ]);
    expect(world.log.lines).toMatchObject([{ message: 'entries were refused' }]);
  });

  it.each([
    [{ detected_level: 'critical' }, 'x', 'fatal'],
    [{ severity: '3' }, 'x', 'error'],
    [{ level: 'unknown' }, 'x', 'info'],
    [{ detected_level: 'unknown' }, 'ts=1 level=warn msg="level=error"', 'warn'],
    [{}, '{"level":50,"msg":"pino"}', 'error'],
    [{}, '{"level":"debug"', 'info'],
    [{}, 'level error', 'info'],
  ])('the level of %j %s is %s', async (labels, line, severity) => {
    const world = new IntakeWorld();
    await world.send(push!, { body: streams([[`${NANOS}000`, line]], { job: 'x', ...labels }) });
    expect(world.rows).toMatchObject([{ severity, payload: line, serviceName: 'x' }]);
  });

  it.each([
    ['{}', {}],
    ['{a="b"}', { a: 'b' }],
    ['{a="b", c="d,e=\\"f\\"}", g=`h"i`}', { a: 'b', c: 'd,e="f"}', g: 'h"i' }],
    ['{ü="\\u00e9\\n\\x41\\U0001F600"}', { ü: 'é\nA😀' }],
    ['broken', {}],
  ])('labels %s', (text, labels) => {
    expect(labelsOf(text)).toEqual(labels);
  });

  it('a service that nothing names has the usual one, or the one that Loki gives', async () => {
    const world = new IntakeWorld();
    await world.send(push!, { body: streams([[`${NANOS}000`, 'a']], { env: 'prod' }) });
    await world.send(push!, { body: streams([[`${NANOS}001`, 'b']], {}), defaultService: 'usual' });
    expect(world.rows.map(({ serviceName }) => serviceName)).toEqual(['unknown_service', 'usual']);
  });

  it.each([
    ['application/json', '{"streams":', 400],
    ['application/json', '{"strooms":[]}', 400],
    ['application/json', '5', 400],
    ['application/x-protobuf', 'not snappy', 400],
    ['application/x-protobuf', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x7f]), 400],
    ['application/x-protobuf', compress(Buffer.from([0x0a, 0xff])), 400],
    ['application/x-protobuf', compress(Buffer.alloc(17 * 1024 * 1024)), 413],
  ])('a wrong body of %s is text that says why: %#', async (type, body, status) => {
    const answer = await new IntakeWorld().send(push!, { body, headers: { 'content-type': type } });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
  });

  it('what a token may not write is told for good, and the rest is taken', async () => {
    const world = new IntakeWorld();
    const body = JSON.stringify({
      streams: [
        { stream: { app: 'cart' }, values: [[`${NANOS}000`, 'a']] },
        { stream: { app: 'checkout' }, values: [[`${NANOS}000`, 'b']] },
      ],
    });
    const answer = await world.send(push!, { body, grant: { ...OPEN, services: ['cart'] } });
    expect([answer.status, answer.body.toString()]).toEqual([403, expect.stringContaining('1 of 2 entries')]);
    expect(world.rows.map(({ serviceName }) => serviceName)).toEqual(['cart']);
  });
});
