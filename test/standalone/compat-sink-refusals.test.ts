import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onSqlite } from '../support/serve-ground.ts';
import { openWriting, type WritingGround } from '../support/writing-ground.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const OWN_STYLE = expect.stringMatching(/^\{"error":".+"\}$/) as string;

describe('what /logs refuses', () => {
  let writing: WritingGround | undefined;
  beforeAll(async () => {
    writing = await openWriting(onSqlite);
  });
  afterAll(async () => {
    await writing?.[Symbol.asyncDispose]();
  });
  const ask = async (path: string, options?: RequestInit) => {
    const response = await writing?.server.get(path, options);
    return { status: response?.status, text: await response?.text() };
  };
  const post = (body: string) => ask('/logs', { method: 'POST', headers: JSON_BODY, body });
  const get = (query: Record<string, string> | string[][], path = '/logs', method = 'GET') =>
    ask(`${path}?${new URLSearchParams(query).toString()}`, { method });

  it.each([
    { time__gte: 'yesterday' },
    { time__gte: '2017-02-30' },
    { time__lte: '2017-01-01T25:00:00' },
    { time__lte: '' },
    { time__lte: '\u0000' },
    { time__gte: '2017-01-02', time__lte: '2017-01-01' },
    { time__gte: '9999-01-01' },
    { page: '0' },
    { page: '-1' },
    { page: '1.5' },
    { page: 'x' },
    { page: '9'.repeat(400) },
    { per_page: '0' },
    { per_page: '1001' },
    { per_page: '' },
    { tags: 'x' },
    { tags: '[]' },
    { tags: 'null' },
    { tags: '{"a":{"b":1}}' },
  ])('%j is a 400 in its own style', async (query) => {
    expect(await get(query as Record<string, string>)).toEqual({ status: 400, text: OWN_STYLE });
  });

  it.each(['1', '0', '-1', '2.5', 'ten', '', '10001'])('num_intervals=%s is a 400', async (count) => {
    expect(await get({ num_intervals: count }, '/logs/aggregated')).toEqual({ status: 400, text: OWN_STYLE });
  });

  it('a deletion that names a page, or a time that is none, deletes nothing', async () => {
    expect((await post('{"message":"stays"}')).status).toBe(201);
    for (const query of [{ page: '1' }, { per_page: '5' }, { time__lte: 'x' }, { tags: '{' }])
      expect((await get(query as Record<string, string>, '/logs', 'DELETE')).status).toBe(400);
    expect((await get({})).text).toContain('stays');
  });

  it.each([
    '',
    '[]',
    '{"message":1}',
    '{"tags":{}}',
    '{"message":"x","tags":[]}',
    '{"message":"x","tags":{"time":"never"}}',
    '{"message":"x","tags":{"time":7}}',
    '{"message":"\\ud800"}',
    '{"message":"x","tags":{"a":"\\udfff"}}',
    `{"message":"x","tags":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
    '{"a":'.repeat(20_000),
  ])('a body that cannot be stored is a 400: %j', async (body) => {
    expect(await post(body)).toEqual({ status: 400, text: OWN_STYLE });
  });

  it('any parameters whatever are answered, and never by a fault', async () => {
    const names = fc.oneof(
      fc.constantFrom('message', 'time__gte', 'time__lte', 'page', 'per_page', 'tags', 'num_intervals', 'x'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('1', '2017-01-01', '9999-12-31T23:59:59Z', '1000-01-01', '{}', '{"a":"b"}'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/logs', '/logs/aggregated'),
        fc.array(fc.tuple(names, values), { maxLength: 3 }),
        async (path, query) => {
          const response = await get(query, path);
          expect(response.status, response.text).toBeLessThan(500);
        },
      ),
      { numRuns: 60 },
    );
  });
});
