import { expect, it } from 'vitest';
import * as z from 'zod';
import { describeWritingOnBoth } from '../support/writing-ground.ts';

const LINES = [
  '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97',
  '10.0.0.1 - - [18/Jul/2000 02:12:31 +0000] "GET /a?b=%22c%22 HTTP/1.1" 200 -',
  '10.0.0.2 - bob [18/Jul/2000:04:12:30 +0200] "get / HTTP/1.0" 404 0',
  '10.0.0.2 - bob [18/Jul/2000:04:12:30 +0200] "get / HTTP/1.0" 404 0',
  '::1 - ann stewart [17/Jul/2000:21:12:29 -0500] "DELETE /\\"x\\" HTTP/2" 500 12345678901234567890 "-" "größe 😀"',
];
/** By their time, and as they came. */
const [POST, GET, BOB, , SPACED] = LINES as [string, string, string, string, string];
const RECENT = [GET, POST, BOB, BOB, SPACED];

describeWritingOnBoth('lines of access logs', { ACCESS_LOG_PORT: '0' }, (opened) => {
  let base: string | undefined;
  const url = async (query: Record<string, string>) => {
    base ??= /are at (\S+)\.\n/.exec((await opened().server.printed(/are at .*\n/)).stdout)?.[1];
    return `${String(base)}?${new URLSearchParams(query).toString()}`;
  };
  const answer = async (query: Record<string, string>, options?: RequestInit) =>
    fetch(await url(query), options);
  const lines = async (query: Record<string, string> = {}) =>
    z.array(z.string()).parse(await (await answer(query)).json());

  it('are stored as text, the last one without an end, or as a list', async () => {
    const asText = await answer({}, { method: 'POST', body: `${LINES.slice(0, 3).join('\r\n')}\n` });
    expect([asText.status, await asText.json()]).toEqual([200, { lines: 3 }]);
    const headers = { 'content-type': 'application/json' };
    const asList = await answer({}, { method: 'POST', headers, body: JSON.stringify(LINES.slice(3)) });
    expect(await asList.json()).toEqual({ lines: 2 });
    // The two hours of an offset count.
    expect(await lines()).toEqual(RECENT);
    expect(await (await answer({})).text()).toBe(JSON.stringify(RECENT));
  });

  it('are bare where text is asked for', async () => {
    const response = await answer({}, { headers: { accept: 'text/plain' } });
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(`${RECENT.join('\n')}\n`);
    for (const accept of ['*/*', 'text/html', 'application/json, text/plain;q=0.5', 'text/csv'])
      expect(await (await answer({}, { headers: { accept } })).json()).toEqual(RECENT);
  });

  it.each([
    [{ code: '500' }, [POST, SPACED]],
    [{ code: '404' }, [BOB, BOB]],
    [{ code: '201' }, []],
    [{ method: 'post' }, [POST]],
    [{ method: 'GeT' }, [GET, BOB, BOB]],
    [{ user: 'annstewart' }, [POST]],
    [{ user: 'ann stewart' }, [SPACED]],
    [{ user: 'Bob' }, []],
    [{ user: '-' }, [GET]],
    [{ code: '500', method: 'delete', user: 'ann stewart' }, [SPACED]],
    [{ code: '500', user: 'bob' }, []],
    [{ time__gte: '2000-07-18T02:12:31Z' }, [GET, POST]],
    [{ time__lte: '2000-07-18T04:12:30+02:00' }, [SPACED, BOB, BOB]],
    [{ time__gte: '2000-07-18T02:12:30', time__lte: '2000-07-18 02:12:30' }, [BOB, BOB]],
  ] as [Record<string, string>, string[]][])('%j selects its lines', async (query, expected) => {
    expect((await lines(query)).toSorted()).toEqual(expected.toSorted());
  });

  it('are paged by number and by cursor, each line exactly once', async () => {
    const page = (number: number) => lines({ page: String(number), per_page: '2' });
    expect((await Promise.all([page(1), page(2), page(3), page(4)])).flat()).toEqual(RECENT);
    expect(await lines({ page: '1' })).toEqual(RECENT);
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const response: Response = await answer({ per_page: '2', ...(cursor !== null && { cursor }) });
      found.push(...z.array(z.string()).parse(await response.json()));
      cursor = response.headers.get('lms-next');
    } while (cursor !== null);
    expect(found).toEqual(RECENT);
  });

  it.each([
    { code: 'x' },
    { code: '50' },
    { page: '0' },
    { per_page: '1001' },
    { cursor: 'x' },
    { time__gte: '18/Jul/2000' },
    { time__gte: '2001-01-01', time__lte: '2000-01-01' },
    { metod: 'GET' },
  ])('%j is a 400', async (query) => {
    expect((await answer(query as Record<string, string>)).status).toBe(400);
  });

  it('a cursor is one of its question, and goes with no page', async () => {
    const { headers } = await answer({ per_page: '1' });
    const cursor = headers.get('lms-next') ?? '';
    expect((await answer({ cursor, code: '500' })).status).toBe(400);
    expect((await answer({ cursor, page: '2' })).status).toBe(400);
  });

  it('what is no line of an access log is kept as it is, and other services are not theirs', async () => {
    await answer({}, { method: 'POST', body: 'what is this?\n\n' });
    expect((await lines()).at(0)).toBe('what is this?');
    expect(await lines({ code: '500' })).toEqual([POST, SPACED]);
    expect(await (await opened().server.get('/logs?tags={}')).json()).toEqual([]);
    expect((await opened().server.get('/access-log/logs')).status).toBe(404);
  });
});
