import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { describeWritingOnBoth } from '../support/writing-ground.ts';

const MESSAGES = z.array(
  z.strictObject({
    clientid: z.int(),
    creation_datetime: z.string(),
    loglevel: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

describeWritingOnBoth('/messages', {}, (opened) => {
  const send = (body: string | FormData, headers: Record<string, string> = FORM) =>
    opened().server.get('/messages', { method: 'POST', body, headers });
  const form = (fields: Record<string, string>) => send(new URLSearchParams(fields).toString());
  const text = async (query = '') => (await opened().server.get(`/messages${query}`)).text();
  const messages = async (query = '') => MESSAGES.parse(JSON.parse(await text(query)));
  const clear = async () => (await opened().server.get('/messages', { method: 'DELETE' })).text();

  it('answers byte for byte: empty, stored, listed, cleared', async () => {
    expect(await clear()).toBe('{"success": true}');
    expect(await text()).toBe('[]');
    const stored = await form({ clientid: '100', loglevel: 'info', message: 'hello world' });
    expect([stored.status, await stored.text()]).toEqual([200, '{"success": true}']);
    const one = String.raw`\{"clientid": 100, "creation_datetime": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?", "loglevel": "info", "message": "hello world"\}`;
    expect(await text()).toMatch(new RegExp(`^\\[${one}\\]$`));
    await form({ clientid: '100', loglevel: 'info', message: 'hello world' });
    expect(await text()).toMatch(new RegExp(`^\\[${one}, ${one}\\]$`));
    const [message] = await messages();
    const ageMs = Date.now() - Date.parse(`${message?.creation_datetime.replace(' ', 'T') ?? ''}Z`);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThan(30_000);
    expect(await clear()).toBe('{"success": true}');
    expect(await text()).toBe('[]');
  });

  it('lists in the order of insertion, from a least level on, by any spelling of it', async () => {
    await clear();
    const levels = ['INFO', 'Warning', 'error', 'info', 'WARNING', 'eRRoR'];
    for (const [n, loglevel] of levels.entries())
      await form({ clientid: String(n), loglevel, message: `m${String(n)}` });
    const ids = async (query: string) => (await messages(query)).map(({ clientid }) => clientid);
    expect(await ids('')).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await messages()).map(({ loglevel }) => loglevel)).toEqual(
      levels.map((level) => level.toLowerCase()),
    );
    for (const all of ['info', 'Info', '0'])
      expect(await ids(`?min_level=${all}`)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const some of ['warning', 'WARNING', '1'])
      expect(await ids(`?min_level=${some}`)).toEqual([1, 2, 4, 5]);
    for (const few of ['error', 'ERROR', '2']) expect(await ids(`?min_level=${few}`)).toEqual([2, 5]);
    expect(await ids('?clientid=3')).toEqual([3]);
    expect(await ids('?message=m4&min_level=1')).toEqual([4]);
    expect(await ids('?time__gte=2000-01-01&time__lte=2000-01-02')).toEqual([]);
  });

  it('keeps the order of many that come at once', async () => {
    await clear();
    const numbers = Array.from({ length: 60 }, (_none, n) => n);
    await Promise.all(numbers.map((n) => form({ clientid: String(n), loglevel: 'info', message: '' })));
    const listed = await messages();
    const times = listed.map(({ creation_datetime: time }) => time.padEnd(26, '.000000'));
    expect(times).toEqual(times.toSorted());
    expect(new Set(times).size).toBe(60);
    expect(listed.map(({ clientid }) => clientid).toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it.each([
    ['a bad level', 'clientid=1&loglevel=critical&message=x', 'Bad log level'],
    ['another bad level', 'clientid=1&loglevel=warn&message=x', 'Bad log level'],
    ['an empty level', 'clientid=1&loglevel=&message=x', 'Bad log level'],
    ['a number for a level', 'clientid=1&loglevel=1&message=x', 'Bad log level'],
    ['no clientid', 'loglevel=info&message=x', 'Missing field: clientid'],
    ['no loglevel', 'clientid=1&message=x', 'Missing field: loglevel'],
    ['no message', 'clientid=1&loglevel=info', 'Missing field: message'],
    ['nothing', '', 'Missing field: clientid'],
    [
      'a clientid that is text',
      'clientid=x&loglevel=info&message=x',
      'Bad clientid: it should be an integer',
    ],
    ['a clientid in parts', 'clientid=1.5&loglevel=info&message=x', 'Bad clientid: it should be an integer'],
    [
      'an injection',
      'clientid=1;DROP TABLE x&loglevel=info&message=x',
      'Bad clientid: it should be an integer',
    ],
    [
      'a clientid too large',
      `clientid=${'9'.repeat(19)}&loglevel=info&message=x`,
      'Bad clientid: it should be an integer',
    ],
  ])('refuses %s, byte for byte', async (_what, body, error) => {
    const response = await send(body);
    const expected = `{"error": "${error}", "success": false}`;
    expect([response.status, await response.text()]).toEqual([400, expected]);
  });

  it.each([
    ['[]', JSON_BODY],
    ['{', JSON_BODY],
    ['null', JSON_BODY],
    ['{"clientid":1,"loglevel":"info","message":7}', JSON_BODY],
    ['{"clientid":1,"loglevel":"info","message":"\\ud800"}', JSON_BODY],
    ['{"clientid":[1],"loglevel":"info","message":"x"}', JSON_BODY],
    ['{"clientid":1.5,"loglevel":"info","message":"x"}', JSON_BODY],
    ['{"clientid":true,"loglevel":"info","message":"x"}', JSON_BODY],
    ['['.repeat(50_000), JSON_BODY],
    ['--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['--x\r\nbroken', { 'content-type': 'multipart/form-data' }],
  ])('a body that is none is a 400: %j', async (body, headers) => {
    const response = await send(body, headers);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/^\{"error": ".*", "success": false\}$/);
  });

  it.each([
    ['?min_level=critical', 'Bad log level'],
    ['?min_level=', 'Bad log level'],
    ['?min_level=3', 'Bad log level'],
    ['?min_level=info&min_level=error', 'Bad log level'],
  ])('refuses %s as a level, for reading and for deleting', async (query, error) => {
    for (const method of ['GET', 'DELETE']) {
      const response = await opened().server.get(`/messages${query}`, { method });
      const expected = `{"error": "${error}", "success": false}`;
      expect([response.status, await response.text()]).toEqual([400, expected]);
    }
  });

  it('deletes nothing where a filter is not understood, and what a filter says', async () => {
    await clear();
    await form({ clientid: '1', loglevel: 'info', message: 'x' });
    await form({ clientid: '2', loglevel: 'error', message: 'x' });
    for (const query of ['?min_lvl=error', '?level=error', '?time__gte=yesterday', '?clientid=x']) {
      const response = await opened().server.get(`/messages${query}`, { method: 'DELETE' });
      expect(response.status).toBe(400);
    }
    expect(await messages()).toHaveLength(2);
    await opened().server.get('/messages?min_level=error', { method: 'DELETE' });
    expect((await messages()).map(({ clientid }) => clientid)).toEqual([1]);
  });

  it('another method is refused in its own style', async () => {
    const response = await opened().server.get('/messages', { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(await response.text()).toMatch(/^\{"error": ".*", "success": false\}$/);
  });

  it('takes JSON and forms in parts, with integers of 64 bits', async () => {
    await clear();
    await send('{"clientid":-9223372036854775808,"loglevel":"Error","message":"a"}', JSON_BODY);
    await send('{"clientid":"007","loglevel":"info","message":"b","more":[1]}', JSON_BODY);
    const parts = new FormData();
    for (const [name, value] of [
      ['clientid', '9223372036854775807'],
      ['loglevel', 'warning'],
      ['message', 'a\r\nb\u0000é'],
    ] as const)
      parts.set(name, value);
    await send(parts, {});
    const listed = await text();
    expect(listed).toContain('{"clientid": -9223372036854775808, ');
    expect(listed).toContain('{"clientid": 7, ');
    expect(listed).toContain('{"clientid": 9223372036854775807, ');
    expect(listed).toContain('"loglevel": "warning", "message": "a\\r\\nb\\u0000é"}');
  });

  it('any text of Unicode survives, in a form and in JSON', async () => {
    await clear();
    const sent: string[] = [];
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '\u0000',
          '\u0000a\u0000',
          '\u{1f600}\u{10ffff}',
          '\u001b[31m',
          ' a ',
          '%00',
          '+',
          "'; --",
          '\ufeff',
          '\u2028',
          '',
        ),
      ),
      { minLength: 8, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (batch) => {
        const responses = await Promise.all(
          batch.map((message, n) =>
            n % 2 === 0
              ? form({ clientid: '1', loglevel: 'info', message })
              : send(JSON.stringify({ clientid: 1, loglevel: 'info', message }), JSON_BODY),
          ),
        );
        expect(responses.map(({ status }) => status)).toEqual(batch.map(() => 200));
        sent.push(...batch);
        const listed = (await messages()).map(({ message }) => message);
        expect(listed.toSorted()).toEqual(sent.toSorted());
      }),
      { numRuns: 5 },
    );
  });

  it('touches nobody else: what others wrote stays, and is not listed', async () => {
    await clear();
    const posted = await opened().server.get('/logs', {
      method: 'POST',
      headers: JSON_BODY,
      body: '{"message":"of another service","tags":{"clientid":1}}',
    });
    expect(posted.status).toBe(201);
    expect(await text()).toBe('[]');
    await clear();
    expect(await (await opened().server.get('/logs?message=of another')).json()).toHaveLength(1);
  });
});
