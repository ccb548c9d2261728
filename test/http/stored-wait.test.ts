import { describe, expect, it, vi } from 'vitest';
import { preferredSeconds } from '../../src/http/stored-wait.ts';
import { openHttp } from '../support/http-server.ts';

const MESSAGE = 'clientid=1&loglevel=info&message=x';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function post(prefer?: string): RequestInit {
  const headers = { ...FORM, ...(prefer !== undefined && { prefer }) };
  return { method: 'POST', headers, body: MESSAGE };
}

function told(response: Response) {
  const { status, headers } = response;
  return [status, headers.get('preference-applied'), headers.get('lms-stored')];
}

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['respond-async, wait=10', 10],
    ['respond-async; x="y", Wait = "7"; strict', 7],
    ['wait=1, wait=2', 1],
    [['wait=3', 'handling=lenient'], 3],
    ['wait', undefined],
    ['wait=', undefined],
    ['wait=-1', undefined],
    ['wait=1.5', undefined],
    ['wait=9999999999', undefined],
    ['await=1', undefined],
    [undefined, undefined],
  ])('of %j it is %s', (header, seconds) => {
    expect(preferredSeconds(header)).toBe(seconds);
  });

  it('answers at once unless it is asked to wait, and once it is stored if it is', async () => {
    const server = await openHttp();
    server.storesAtOnce = false;
    expect(told(await server.ask('/messages', post()))).toEqual([200, null, null]);
    expect(await (await server.ask('/messages')).text()).toBe('[]');
    const waiting = server.ask('/messages', post('wait=2'));
    await vi.waitFor(() => {
      expect(server.published).toHaveLength(2);
    });
    await server.flush();
    expect(told(await waiting)).toEqual([200, 'wait=2', 'true']);
    expect(await (await server.ask('/messages')).json()).toHaveLength(2);
  });

  it('holds for entries, too: 201 once all of them are stored, of a request that is not too large', async () => {
    const server = await openHttp();
    server.storesAtOnce = false;
    const entries = (count: number, prefer?: string) => {
      const record = (n: number) => ({ service_name: 'cart', severity: 'info', msg: `m ${n}` });
      const body = JSON.stringify(Array.from({ length: count }, (_none, n) => record(n)));
      const headers = { 'content-type': 'application/json', ...(prefer !== undefined && { prefer }) };
      return server.ask('/api/v1/entries', { method: 'POST', headers, body });
    };
    expect(told(await entries(1))).toEqual([202, null, null]);
    expect(told(await entries(1, 'wait=1'))).toEqual([202, 'wait=1', 'false']);
    await server.flush();
    const waiting = entries(250, 'wait=2');
    await vi.waitFor(() => {
      expect(server.published).toHaveLength(250);
    });
    const last = server.published.splice(249);
    await server.flush();
    expect(await Promise.race([waiting, server.ask('/livez').then(() => 'waits')])).toBe('waits');
    server.published.push(...last);
    await server.flush();
    const stored = await waiting;
    expect(told(stored)).toEqual([201, 'wait=2', 'true']);
    const { ids } = (await stored.json()) as { ids: string[] };
    expect((await server.ask(`/api/v1/entries/${ids.at(-1)}`)).status).toBe(200);
    expect(told(await entries(1_001, 'wait=2'))).toEqual([202, null, null]);
  });

  it('is answered in the end that it is not stored yet, as usual where no answer says so', async () => {
    const server = await openHttp();
    server.storesAtOnce = false;
    const startMs = performance.now();
    expect(told(await server.ask('/messages', post('wait=1')))).toEqual([200, 'wait=1', 'false']);
    expect(performance.now() - startMs).toBeGreaterThan(900);
    // No longer than a worker takes to flush, and a little more.
    expect(
      told(
        await server.ask('/logs', {
          method: 'POST',
          headers: { prefer: 'wait=3600' },
          body: '{"message":"x"}',
        }),
      ),
    ).toEqual([201, 'wait=3', 'false']);
    expect(performance.now() - startMs).toBeLessThan(6_000);
  });

  it('holds no turn at the database while it waits, and ends when the server stops', async () => {
    const server = await openHttp();
    server.storesAtOnce = false;
    const waiting = Array.from({ length: 20 }, () => server.ask('/messages', post('wait=2')));
    await vi.waitFor(() => {
      expect(server.published).toHaveLength(20);
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => server.ask('/api/v1/counts')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const startMs = performance.now();
    server.stop.abort();
    expect((await Promise.all(waiting)).map(told)).toEqual(waiting.map(() => [200, 'wait=2', 'false']));
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  it('a deletion sees what was waited for before it', async () => {
    const server = await openHttp();
    for (let n = 0; n < 5; n += 1) await server.ask('/messages', post('wait=2'));
    await server.ask('/messages', { method: 'DELETE' });
    expect(await (await server.ask('/messages')).text()).toBe('[]');
    expect(await server.store.verify()).toMatchObject({ differences: [] });
  });
});

describe('a write that waits for what workers discard', () => {
  /** A wait would take half a minute. */
  const limits = {
    queryTimeBudgetMs: 5_000,
    queryRowBudget: 2_000_000,
    queriesAtOnce: 2,
    queriesAtOncePerToken: 1,
    queryWaitMs: 2_000,
    maxBodyBytes: 16 * 1024 ** 2,
    maxBytesInFlight: 128 * 1024 ** 2,
    flushIntervalMs: 60_000,
    waitForStored: false,
  };
  const server = () => openHttp({ limits, isDiscarded: ({ severity }) => severity === 'debug' });
  const send = (severities: readonly string[]): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify(severities.map((severity) => ({ service_name: 'cart', severity, msg: 'm' }))),
  });

  it('is answered at once that it is not stored, and waits for the rest', async () => {
    const http = await server();
    const ask = (path: string, options: RequestInit) => http.ask(path, options);
    expect(told(await ask('/api/v1/entries', send(['debug'])))).toEqual([202, 'wait=30', 'false']);
    expect(told(await ask('/api/v1/entries', send(['debug', 'info'])))).toEqual([202, 'wait=30', 'false']);
    expect(told(await ask('/api/v1/entries', send(['info'])))).toEqual([201, 'wait=30', 'true']);
  }, 20_000);
});
