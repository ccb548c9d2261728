import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import { ELASTIC_ROUTES } from '../../../src/http/intake/elasticsearch.ts';
import type { Route } from '../../../src/http/route.ts';
import { IntakeWorld, jsonOf } from '../../support/intake.ts';

const TIME = '2026-11-25T14:00:05.123456Z';

function route(method: Route['method'], path: string): Route {
  const found = ELASTIC_ROUTES.find((each) => each.method === method && each.path === path);
  if (found === undefined) throw new Error(`no ${method} ${path}`);
  return found;
}

const bulk = route('POST', '/_bulk');

function lines(...values: readonly unknown[]): string {
  return values.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');
}

function doc(message: string, more: object = {}): object {
  return { '@timestamp': TIME, message, ...more };
}

describe('_bulk of Elasticsearch', () => {
  it('answers each item in order, and one bad one never costs the batch', async () => {
    const world = new IntakeWorld();
    const body = lines(
      { create: { _index: 'logs-1' } },
      doc('a', { 'log.level': 'error', service: { name: 'cart' } }),
      { index: { _index: 'logs-1', _id: 'i2' } },
      '{"broken',
      { update: { _index: 'logs-1', _id: 'i3' } },
      { doc: {} },
      { delete: { _index: 'logs-1', _id: 'i4' } },
      { index: { _index: 'logs-1', _id: 'i5' } },
      doc('b'),
    );
    const answer = await world.send(bulk, { body });
    expect([answer.status, answer.headers['x-elastic-product']]).toEqual([200, 'Elasticsearch']);
    expect(jsonOf(answer)).toMatchObject({
      errors: true,
      items: [
        { create: { _index: 'logs-1', status: 201, result: 'created' } },
        { index: { _id: 'i2', status: 400, error: { type: 'document_parsing_exception' } } },
        { update: { _id: 'i3', status: 400 } },
        { delete: { _id: 'i4', status: 400 } },
        { index: { _id: 'i5', status: 201 } },
      ],
    });
    expect(
      world.rows.map(({ payload, serviceName, severity }) => [payload, serviceName, severity]).toSorted(),
    ).toEqual([
      ['a', 'cart', 'error'],
      ['b', 'logs-1', 'info'],
    ]);
    expect(world.letters).toMatchObject([{ rejection: { code: 'not_json' } }]);
  });

  it('_id is the identity, also in another batch; without one a retry of the same body counts once', async () => {
    const world = new IntakeWorld();
    const first = lines({ index: { _id: '7' } }, doc('a'), { index: {} }, doc('b'), { index: {} }, doc('b'));
    const index = route('POST', '/{index}/_bulk');
    for (let n = 0; n < 2; n += 1)
      expect(jsonOf(await world.send(index, { body: first, params: { index: 'web' } }))['errors']).toBe(
        false,
      );
    await world.send(index, { body: lines({ create: { _id: '7' } }, doc('a')), params: { index: 'web' } });
    expect(world.rows.map(({ payload, serviceName }) => [payload, serviceName])).toEqual([
      ['b', 'web'],
      ['b', 'web'],
      ['a', 'web'],
    ]);
  });

  it('reads the usual template of rsyslog', async () => {
    const world = new IntakeWorld();
    const record = {
      message: 'oom',
      fromhost: 'h1',
      facility: 'kern',
      priority: 'crit',
      timereported: '2026-11-25T15:00:05.5+01:00',
      timegenerated: TIME,
    };
    await world.send(bulk, { body: lines({ index: { _index: 'system', _type: 'events' } }, record) });
    expect(world.rows).toMatchObject([
      { timestamp: '2026-11-25 14:00:05.500000', severity: 'fatal', payload: 'oom', serviceName: 'system' },
    ]);
    expect(JSON.parse(world.rows[0]?.tags ?? '')).toMatchObject({ fromhost: 'h1', facility: 'kern' });
  });

  it('tags that are a list stay as they are', async () => {
    const world = new IntakeWorld();
    await world.send(bulk, {
      body: lines(
        { create: { _index: 'x' } },
        doc('a', { tags: ['web', 'prod'], agent: { type: 'filebeat' } }),
      ),
    });
    expect(JSON.parse(world.rows[0]?.tags ?? '')).toMatchObject({ tags: ['web', 'prod'] });
  });

  it.each([
    ['', 400],
    ['{"index":{}}', 200],
    [lines('nonsense', {}), 400],
    [lines({ index: 5 }, {}), 400],
    [lines({ shrink: {} }, {}), 400],
    ['x'.repeat(2_000_000), 413],
  ])('a wrong body is an error of its own shape: %#', async (body, status) => {
    const answer = await new IntakeWorld().send(bulk, { body, maxBytes: 1_000_000 });
    expect([answer.status, answer.headers['x-elastic-product']]).toEqual([status, 'Elasticsearch']);
    if (status === 200)
      expect(jsonOf(answer)).toMatchObject({ errors: true, items: [{ index: { status: 400 } }] });
    else expect(jsonOf(answer)).toMatchObject({ status, error: { root_cause: [{}] } });
  });

  it('what a token may not write is told by item; a broker that does not answer is a 503', async () => {
    const world = new IntakeWorld();
    const body = lines({ index: { _index: 'cart' } }, doc('a'), { index: { _index: 'other' } }, doc('b'));
    const answer = await world.send(bulk, { body, grant: { ...OPEN, services: ['cart'] } });
    expect(jsonOf(answer)).toMatchObject({
      errors: true,
      items: [{ index: { status: 201 } }, { index: { status: 403 } }],
    });
    world.publishesLeft = 0;
    expect((await world.send(bulk, { body })).status).toBe(503);
  });

  it.each([
    ['/', { version: { number: expect.stringMatching(/^8\./) as string } }],
    ['/_license', { license: { status: 'active', type: 'basic' } }],
    ['/_cluster/health', { status: 'green' }],
    ['/_nodes/http', { nodes: {} }],
    ['/_ilm/policy/{name}', {}],
  ])('clients look at %s before they send', async (path, value) => {
    const answer = await new IntakeWorld().send(route('GET', path));
    expect([answer.status, answer.headers['x-elastic-product']]).toEqual([200, 'Elasticsearch']);
    expect(jsonOf(answer)).toMatchObject(value);
  });

  it.each(['/_index_template/{name}', '/_template/{name}', '/_ilm/policy/{name}', '/_data_stream/{name}'])(
    'what they set up at %s is acknowledged',
    async (path) => {
      expect(jsonOf(await new IntakeWorld().send(route('PUT', path), { body: '{}' }))).toEqual({
        acknowledged: true,
      });
    },
  );
});
