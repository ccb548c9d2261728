import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { PROBLEM } from '../../src/http/openapi.ts';
import { RESOURCES } from '../../src/http/resources/all.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import * as arbitrary from '../query/arbitraries.ts';
import { BY_KEY, describeOnBoth } from '../support/serve-ground.ts';

describeOnBoth('problems of lms serve', ({ server }) => {
  it.each([
    ['/api/v1/entries?limt=1', 400, 'PARAMETER', 'limit'],
    ['/api/v1/entries?limit=0', 400, 'PARAMETER', '1 to 1000'],
    ['/api/v1/entries?limit=1e9', 400, 'PARAMETER', 'limit'],
    ['/api/v1/entries?limit=NaN', 400, 'PARAMETER', 'limit'],
    ['/api/v1/entries?limit=1&limit=2', 400, 'PARAMETER', 'limit'],
    ['/api/v1/entries?q=a&q=b', 400, 'PARAMETER', 'q'],
    ['/api/v1/entries?order=sideways', 400, 'PARAMETER', 'newest, oldest'],
    ['/api/v1/entries?format=xml', 400, 'PARAMETER', 'ndjson'],
    ['/api/v1/entries?fields=a,,b', 400, 'PARAMETER', 'fields'],
    ['/api/v1/entries?limit=all', 400, 'PARAMETER', 'ndjson'],
    ['/api/v1/entries?tz=Mars/Olympus', 400, 'PARAMETER', 'tz'],
    ['/api/v1/entries?since=13:60', 400, 'EXPRESSION', 'since'],
    ['/api/v1/entries?since=99999999999999999999', 400, 'EXPRESSION', 'since'],
    ['/api/v1/entries?until=%00', 400, 'EXPRESSION', 'until'],
    ['/api/v1/entries?since=2026-11-26&until=2026-11-25', 400, 'PARAMETER', 'between'],
    ['/api/v1/entries?q=%28', 400, 'EXPRESSION', 'condition'],
    ['/api/v1/entries?q=time%3E9999999', 400, 'EXPRESSION', 'q'],
    ['/api/v1/entries?cursor=AAAA', 400, 'CURSOR', 'damaged'],
    ['/api/v1/entries?cursor=%F0%9F', 400, 'CURSOR', 'damaged'],
    ['/api/v1/entries/no-id', 400, 'PARAMETER', 'id'],
    ['/api/v1/entries/20261125T140000000000-x', 404, 'NO_ENTRY', 'stored'],
    ['/api/v1/entries/20261125T140000000000-x/context', 404, 'NO_ENTRY', 'stored'],
    [`/api/v1/entries/${'9'.repeat(500)}`, 400, 'PARAMETER', 'id'],
    ['/api/v1/histogram?buckets=1', 400, 'PARAMETER', 'buckets'],
    ['/api/v1/histogram?by=payload', 400, 'PARAMETER', 'by'],
    ['/api/v1/values', 400, 'PARAMETER', 'field'],
    ['/api/v1/values?field=time', 400, 'PARAMETER', 'field'],
    ['/api/v1/workers?x=1', 400, 'PARAMETER', 'x'],
    ['/api/v1/counts/minutes?from=2026-02-30T00:00:00Z', 400, 'PARAMETER', 'from'],
    ['/api/v1/counts/minutes?services=cart', 400, 'PARAMETER', 'JSON'],
    ['/api/v1/counts/minutes?severities=[%22worse%22]', 400, 'PARAMETER', 'JSON'],
    ['/api/v1/counts/ranges?ranges=2026-11-25T14:00:00Z', 400, 'PARAMETER', 'ranges'],
    ['/api/v1/counts/ranges', 400, 'PARAMETER', 'ranges'],
    ['/api/v1/nothing', 404, 'NO_RESOURCE', 'openapi'],
    ['/%zz', 400, 'REQUEST', 'url'],
  ])('%s is a problem, and never the fault of the server', async (path, status, code, hint) => {
    const response = await server().get(path);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = PROBLEM.parse(await response.json());
    expect(problem).toMatchObject({ status, code });
    expect([response.status, problem.requestId]).toEqual([status, response.headers.get('x-request-id')]);
    expect(problem.detail).toContain(hint);
  });

  it('a cursor is one of its question', async () => {
    const first = await server().get('/api/v1/entries?q=service:cart&limit=1');
    const { next } = z.object({ next: z.string() }).parse(await first.json());
    const other = await server().get(`/api/v1/entries?q=service:checkout&cursor=${next}`);
    expect([other.status, PROBLEM.parse(await other.json()).code]).toEqual([400, 'CURSOR']);
  });

  it('any parameters whatever are answered, and never by a fault', async () => {
    const readable = RESOURCES.filter(({ scope }) => scope === 'read');
    const names = [...new Set(readable.flatMap(({ query }) => Object.keys(query.shape)))];
    const asked = fc.record({
      path: fc.constantFrom(...readable.map(({ path }) => path)),
      id: fc.oneof(fc.constant(entryId(BY_KEY[0]!)), arbitrary.texts),
      query: fc.dictionary(
        fc.constantFrom(...names),
        fc.oneof(
          arbitrary.texts,
          fc.constantFrom('0', '-1', '9'.repeat(30), 'now', '-9999w', '@-1', '1000-01-01', 'all', 'true'),
        ),
        { maxKeys: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ path, id, query }) => {
        const url = `${path.replace('{id}', encodeURIComponent(id))}?${new URLSearchParams(query).toString()}`;
        const response = await server().get(url);
        const body = await response.text();
        expect(response.status, `${url}: ${body}`).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});
