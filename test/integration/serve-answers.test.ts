import { get as request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { PROBLEM } from '../../src/http/openapi.ts';
import { RESOURCES } from '../../src/http/resources/all.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { matches } from '../../src/query/predicate.ts';
import { printFilter } from '../../src/query/print.ts';
import { lms } from '../cli/lms.ts';
import * as arbitrary from '../query/arbitraries.ts';
import { BY_KEY, describeOnBoth, ENTRIES } from '../support/serve-ground.ts';

const PAGE = z.object({
  entries: z.array(z.looseObject({ id: z.string() })),
  complete: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  range: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
  searchedTo: z.string().nullable(),
});

describeOnBoth('answers of lms serve', ({ ground, server }) => {
  const page = async (query: Record<string, string>) => {
    const response = await server().get(`/api/v1/entries?${new URLSearchParams(query).toString()}`);
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(200);
    return PAGE.parse(body);
  };

  it('pages of any filter and size, in both orders, are what the filter means over an array', async () => {
    const asked = fc.record({
      filter: arbitrary.filters,
      order: fc.constantFrom('newest' as const, 'oldest' as const),
      limit: fc.integer({ min: 40, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ filter, order, limit }) => {
        const q = printFilter(filter);
        fc.pre(encodeURIComponent(q).length < 8_000);
        const isMatch = matches(filter);
        const expected = (order === 'oldest' ? BY_KEY : BY_KEY.toReversed()).filter(isMatch).map(entryId);
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const given = { q, order, limit: String(limit), ...(cursor !== null && { cursor }) };
          const read: z.output<typeof PAGE> = await page(given);
          expect(read.complete).toBe(true);
          found.push(...read.entries.map(({ id }) => id));
          cursor = read.next;
        } while (cursor !== null);
        expect(found).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('previous goes back to the page before, and to what came since', async () => {
    const first = await page({ limit: '10' });
    const second = await page({ limit: '10', cursor: first.next ?? '' });
    expect(await page({ limit: '10', cursor: second.previous ?? '' })).toMatchObject({
      entries: first.entries,
    });
    const since = await page({ limit: '10', cursor: first.previous ?? '' });
    expect(since).toMatchObject({ entries: [], previous: null });
    const oldest = await page({ order: 'oldest', limit: '10' });
    expect(oldest.entries.map(({ id }) => id)).toEqual(BY_KEY.slice(0, 10).map(entryId));
  });

  it('has the range that a question names, resolved once', async () => {
    const { range, entries } = await page({
      since: '2026-11-25T15:59',
      until: '2026-11-25T16:00',
      tz: 'Europe/Berlin',
      limit: '1000',
    });
    expect(range).toEqual({ from: '2026-11-25T14:59:00.000000Z', to: '2026-11-25T15:00:00.000000Z' });
    expect(entries).toHaveLength(300);
    const relative = await page({ since: '1h', limit: '1' });
    expect(relative.range.to).toBeNull();
    expect(Date.parse(relative.range.from ?? '')).toBeLessThanOrEqual(Date.now() - 3_600_000);
  });

  it('an entry is the JSON that `lms logs --json` prints', async () => {
    const { stdout } = await lms(['logs', '--json', '-n', 'all'], { DATABASE_URL: ground().url });
    const exported = await server().get('/api/v1/entries?limit=all&format=ndjson&order=oldest');
    expect(exported.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(await exported.text()).toBe(stdout);
    const line = stdout.split('\n')[1] ?? '';
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(line));
    expect(await (await server().get(`/api/v1/entries/${id}`)).text()).toBe(`${line}\n`);
    const listed = await server().get('/api/v1/entries?order=oldest&limit=2');
    expect(await listed.text()).toContain(line);
  });

  it('lists in the format that is asked for, by name or by Accept', async () => {
    const { stdout: csv } = await lms(['logs', '--csv', '-n', '3', '--reverse'], {
      DATABASE_URL: ground().url,
    });
    const accepted = await server().get('/api/v1/entries?limit=3', {
      headers: { accept: 'text/html, text/csv;q=0.9, */*;q=0.1' },
    });
    expect(await accepted.text()).toBe(csv);
    expect(accepted.headers.get('lms-complete')).toBe('true');
    const next = accepted.headers.get('lms-next') ?? '';
    const lines = await server().get(`/api/v1/entries?limit=2&format=text&cursor=${next}`);
    const expected = BY_KEY.toReversed().slice(3, 5);
    expect(await lines.text()).toBe(expected.map(({ payload }) => `${payload}\n`).join(''));
    const fields = await server().get('/api/v1/entries?limit=1&fields=severity,user.name&q=code:499');
    expect(await fields.json()).toMatchObject({ entries: [{ severity: 'fatal', 'user.name': 'é' }] });
    const none = await server().get('/api/v1/entries', { headers: { accept: 'image/png' } });
    expect([none.status, PROBLEM.parse(await none.json()).code]).toEqual([406, 'NOT_ACCEPTABLE']);
  });

  it('an export says at its end whether it is all', async () => {
    const response = await new Promise<IncomingMessage>((resolve) => {
      request(`${server().url}/api/v1/entries?limit=all&format=csv`, resolve);
    });
    expect((await text(response)).split('\n').length).toBeGreaterThan(ENTRIES.length);
    expect(response.trailers).toMatchObject({ 'lms-complete': 'true' });
  });

  it('every answer is as its schema says', async () => {
    const id = entryId(BY_KEY[300]!);
    const queries: Readonly<Record<string, string>> = {
      '/api/v1/entries': '?q=severity>=warn&limit=50',
      '/api/v1/entries/{id}/context': '?before=3&after=3&sameService=true',
      '/api/v1/histogram': '?by=user.name&buckets=20',
      '/api/v1/values': '?field=code&limit=5',
      '/api/v1/counts/minutes': '?from=2026-11-25T14:58:00Z&severities=[%22error%22]',
      '/api/v1/counts/ranges': '?ranges=2026-11-25T14:58:00Z/2026-11-25T15:00:00Z',
      '/api/v1/counts/sums': '?ranges=2026-11-25T14:58:00Z/2026-11-25T15:00:00Z&by=nothing',
    };
    for (const { path, response: schema } of RESOURCES.filter(
      ({ method, scope, isStream }) => method === 'GET' && scope === 'read' && isStream !== true,
    )) {
      const response = await server().get(`${path.replace('{id}', id)}${queries[path] ?? ''}`);
      const body: unknown = await response.json();
      expect(response.status, path).toBe(200);
      expect(schema.safeParse(body).error, path).toBeUndefined();
    }
  });

  it('counts: over time, by service and severity, and what matches', async () => {
    const json = async (path: string): Promise<unknown> => (await server().get(`/api/v1${path}`)).json();
    expect(await json('/entries/count?q=service:cart')).toMatchObject({ count: 200, exact: true });
    const bars = z
      .object({ buckets: z.array(z.object({ count: z.number() })) })
      .parse(await json('/histogram?by=severity&q=service:cart'));
    expect(bars.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(200);
    expect(await json('/services')).toMatchObject({
      services: [
        {
          service: 'cart',
          entries: 200,
          errors: 80,
          lastErrorAt: expect.stringContaining('2026-11-25T14:5') as string,
        },
        { service: 'checkout', entries: 200, errors: 80 },
        { service: 'größe 😀', entries: 200, errors: 80 },
      ],
    });
    expect(await json('/counts')).toMatchObject({
      counts: expect.arrayContaining([{ service: 'cart', severity: 'fatal', count: 40 }]) as unknown,
    });
    expect(await json('/values?field=service&limit=1')).toMatchObject({
      values: [{ count: 200 }],
      from: 'counts',
      complete: true,
    });
    const context = z
      .object({ before: z.array(z.object({ id: z.string() })), after: z.array(z.object({ id: z.string() })) })
      .parse(await json(`/entries/${entryId(BY_KEY[10]!)}/context?before=2&after=1`));
    expect(context.before.map(({ id }) => id)).toEqual(BY_KEY.slice(8, 10).map(entryId));
    expect(context.after.map(({ id }) => id)).toEqual([entryId(BY_KEY[11]!)]);
  });
});
