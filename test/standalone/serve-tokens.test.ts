import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { RESOURCES } from '../../src/http/resources/all.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { entryId } from '../../src/logs/entry-id.ts';
import { lms } from '../cli/lms.ts';
import { type Ground, onSqlite } from '../support/serve-ground.ts';
import { type ServeProcess, startServe } from '../support/serve-process.ts';

const ROOT = 'root-token-of-this-test';
const PAGE = 'https://page.example';
const SECRET = z.looseObject({ secret: z.string(), id: z.string() });
const PATIENCE = { timeout: 20_000, interval: 100 };

const ENTRIES: readonly LogEntry[] = ['shop', 'shop-api', 'hidden-one', 'tests/secretive'].flatMap(
  (serviceName, n) =>
    [0, 1, 2].map((second) => ({
      timestamp: `2026-11-25 14:0${n}:0${second}.000000`,
      eventId: `${serviceName.replace('/', '-')}-${second}`,
      serviceName,
      severity: 'error',
      payload: `of ${serviceName}`,
      tags: `{"tag-of-${serviceName}":"1"}`,
    })),
);

describe('who may ask lms serve', () => {
  let ground: Ground;
  let one: ServeProcess;
  let other: ServeProcess;

  /** Two replicas; the second counts requests, believes a proxy, and lets a page ask. */
  beforeAll(async () => {
    ground = await onSqlite(ENTRIES);
    const env = { DATABASE_URL: ground.url, ROOT_TOKEN: ROOT };
    const proxied = { TRUST_PROXY: '127.0.0.1', IDENTITY_HEADER: 'X-Who', CORS_ORIGINS: PAGE };
    [one, other] = await Promise.all([
      startServe(env, [], { ofTest: false }),
      startServe({ ...env, ...proxied, TOKEN_REQUESTS_PER_MINUTE: '30' }, [], { ofTest: false }),
    ]);
  });
  afterAll(async () => {
    await one.stop();
    await other.stop();
    await ground[Symbol.asyncDispose]();
  });

  /** Makes a token as the shell does. */
  async function made(...args: string[]) {
    const { status, stdout, stderr } = await lms(['token', 'create', '--name', 'a test', '--json', ...args], {
      DATABASE_URL: ground.url,
    });
    expect([status, stderr.includes('a token was made')]).toEqual([0, true]);
    const token = SECRET.parse(JSON.parse(stdout));
    expect(stderr).not.toContain(token.secret);
    return token;
  }

  const asked = async (server: ServeProcess, path: string, options: RequestInit = {}) => {
    const headers = new Headers(options.headers);
    if (options.body !== undefined) headers.set('content-type', 'application/json');
    const response = await server.get(path, { ...options, headers });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  const by = (secret: string) => ({ headers: { 'x-auth-token': secret } });
  const COUNTS = '/api/v1/counts';

  it('nobody without a token, however he comes; pages about the server itself are for all', async () => {
    const { status, body, headers } = await asked(one, COUNTS);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="LMS"']);
    expect(JSON.parse(body)).toMatchObject({ code: 'TOKEN' });
    expect((await asked(one, COUNTS, { headers: { 'x-who': 'somebody' } })).status).toBe(401);
    expect((await asked(one, '/livez')).status).toBe(200);
    expect((await asked(one, '/api/openapi.json')).status).toBe(200);
  });

  it('a token in every way that clients have, new ones at once, and what it may not is a 403', async () => {
    const { secret } = await made();
    const ways = [
      { 'x-auth-token': secret },
      { authorization: `Bearer ${secret}` },
      { authorization: `bearer  ${secret}` },
      { authorization: `Basic ${btoa(`anybody:${secret}`)}` },
      { authorization: `Basic ${btoa(`${secret}:`)}` },
      { authorization: 'Bearer of-somebody-else', 'x-auth-token': secret },
    ];
    for (const headers of ways) expect((await asked(one, COUNTS, { headers })).status).toBe(200);
    const denied = await asked(one, '/api/v1/tokens', by(secret));
    expect([denied.status, JSON.parse(denied.body)]).toMatchObject([403, { code: 'SCOPE' }]);
    const writer = await made('--scope', 'write');
    expect((await asked(one, COUNTS, by(writer.secret))).status).toBe(403);
  });

  it('a token is made, listed, used and revoked by HTTP; within five seconds no replica takes it', async () => {
    const wish = { name: 'by HTTP', scopes: ['read'], expires: '90d', services: ['shop*'] };
    const posted = await asked(one, '/api/v1/tokens', {
      ...by(ROOT),
      method: 'POST',
      body: JSON.stringify(wish),
    });
    const { secret, id } = SECRET.parse(JSON.parse(posted.body));
    for (const server of [one, other]) expect((await asked(server, COUNTS, by(secret))).status).toBe(200);
    await vi.waitFor(async () => {
      const { body } = await asked(one, '/api/v1/tokens', by(ROOT));
      expect(body).not.toContain(secret);
      const listed = z.object({ tokens: z.array(z.looseObject({ id: z.string() })) }).parse(JSON.parse(body));
      expect(listed.tokens.find((each) => each.id === id)).toMatchObject({
        state: 'valid',
        lastUsedAt: expect.any(String) as string,
      });
    }, PATIENCE);
    const revoked = await asked(one, `/api/v1/tokens/${id}`, { ...by(ROOT), method: 'DELETE' });
    expect(revoked.body).toBe('{"revoked":true}\n');
    const startMs = performance.now();
    for (const server of [one, other])
      await vi.waitFor(async () => {
        expect((await asked(server, COUNTS, by(secret))).status).toBe(401);
      }, PATIENCE);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    const again = await asked(one, `/api/v1/tokens/${id}`, { ...by(ROOT), method: 'DELETE' });
    expect(again.status).toBe(404);
    const listed = await lms(['token', 'list'], { DATABASE_URL: ground.url });
    expect(listed.stdout).toMatch(new RegExp(`^${id} +by HTTP +revoked +read +shop\\*`, 'm'));
  });

  it('one whose time is over, or that is wrong, is refused; what is wrong with a wish is said', async () => {
    const { secret } = await made('--expires', '1s');
    await vi.waitFor(async () => {
      expect((await asked(one, COUNTS, by(secret))).status).toBe(401);
    }, PATIENCE);
    const wishes = [
      '',
      '[]',
      '{"name":"x","scopes":["all"]}',
      '{"name":"x","expires":"tomorrow"}',
      '{"name":" "}',
    ];
    for (const body of wishes) {
      const answer = await asked(one, '/api/v1/tokens', { ...by(ROOT), method: 'POST', body });
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([400, { code: 'PARAMETER' }]);
    }
    const wrong = await lms(['token', 'create', '--name', 'x', '--scope', 'all'], {
      DATABASE_URL: ground.url,
    });
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining("no scope 'all'") as string });
  });

  it('whoever guesses is told to wait, and those who have a token are answered as before', async () => {
    const { secret } = await made();
    const guessing = await startServe({ DATABASE_URL: ground.url, ROOT_TOKEN: ROOT });
    const statuses = [];
    for (let n = 0; n < 14; n += 1)
      statuses.push((await asked(guessing, COUNTS, by(`lms_guess-${n}`))).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.at(-1)).toBe(429);
    const refused = await asked(guessing, COUNTS, {
      headers: { authorization: `Bearer ${ROOT}`, 'x-forwarded-for': '1.2.3.4' },
    });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await asked(guessing, COUNTS, by(secret))).status).toBe(200);
    const { stderr } = await guessing.stop();
    expect(stderr).not.toContain('guess-');
    expect(stderr).toMatch(/"route":"\/api\/v1\/counts","status":200.*"by":"a test"/);
  });

  it('a token has as many requests a minute as the settings say', async () => {
    const { secret } = await made();
    const statuses = [];
    for (let n = 0; n < 31; n += 1) statuses.push((await asked(other, COUNTS, by(secret))).status);
    expect(statuses.lastIndexOf(200)).toBe(29);
    expect((await asked(other, COUNTS, by(secret))).headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('a reader with a pattern sees on no route anything of others', async () => {
    const { secret } = await made('--service', 'shop', '--service', 'shop-*');
    const hidden = ENTRIES.find(({ serviceName }) => serviceName === 'hidden-one');
    const id = hidden === undefined ? '' : entryId(hidden);
    const tried = RESOURCES.filter(
      ({ method, scope, isStream }) => method === 'GET' && scope === 'read' && isStream !== true,
    ).flatMap(({ path }) => {
      const at = path.replace('{id}', id);
      return path.includes('/values') ? [`${at}?field=service`, `${at}?field=tags`] : [at];
    });
    const more = [
      '?q=hidden',
      '?q=service:hidden-one',
      '?q=-service:shop',
      '?limit=all&format=ndjson',
    ].flatMap((query) => [`/api/v1/entries${query}`, `/api/v1/entries/count${query.replace(/limit.*/, '')}`]);
    for (const path of [...tried, ...more]) {
      const { status, body } = await asked(one, path, by(secret));
      expect(body, path).not.toMatch(/hidden-one|tests|secretive/);
      expect([200, 400, 404], path).toContain(status);
    }
    const counts = await asked(one, COUNTS, by(secret));
    expect(JSON.parse(counts.body)).toMatchObject({ counts: [{ service: 'shop' }, { service: 'shop-api' }] });
    const bars = await asked(one, '/api/v1/histogram', by(secret));
    expect(JSON.parse(bars.body)).toMatchObject({ range: { to: '2026-11-25T14:02:00.000000Z' } });
  });

  it('a namespace is a place of its own: its bearer sees no prefix, and nobody else sees it', async () => {
    const { secret } = await made('--namespace', 'tests', '--scope', 'read,write');
    const own = await asked(one, COUNTS, by(secret));
    expect(JSON.parse(own.body)).toEqual({ counts: [{ service: 'secretive', severity: 'error', count: 3 }] });
    expect(
      JSON.parse((await asked(one, '/api/v1/entries/count?q=service:secretive', by(secret))).body),
    ).toMatchObject({
      count: 3,
    });
    await vi.waitFor(async () => {
      expect((await asked(one, COUNTS, by(ROOT))).body).not.toContain('tests/');
    }, PATIENCE);
    const search = JSON.stringify({ name: 'Theirs', q: 'severity>=error', since: '1h' });
    const put = await asked(one, '/api/v1/searches/s1', { ...by(secret), method: 'PUT', body: search });
    expect(put.status).toBe(200);
    expect((await asked(one, '/api/v1/searches', by(secret))).body).toContain('Theirs');
    expect((await asked(other, '/api/v1/searches', by(ROOT))).body).toBe('{"searches":[]}\n');
    const nonsense = JSON.stringify({ name: 'x', q: '(' });
    const refused = await asked(one, '/api/v1/searches/s2', { ...by(ROOT), method: 'PUT', body: nonsense });
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([400, { code: 'EXPRESSION' }]);
    const gone = await asked(one, '/api/v1/searches/s1', { ...by(secret), method: 'DELETE' });
    expect(gone.body).toBe('{"removed":true}\n');
    const admin = await made('--namespace', 'tests', '--scope', 'admin');
    expect((await asked(one, '/api/v1/tokens', by(admin.secret))).status).toBe(403);
  });

  it('a browser has a session that no script reads, and no page of others uses', async () => {
    const { secret } = await made('--scope', 'read,admin');
    const begun = await asked(one, '/api/v1/session', { ...by(secret), method: 'POST' });
    const cookie = begun.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^lms-session=\S+; Path=\/; HttpOnly; SameSite=Strict$/);
    const session = { cookie: cookie.split(';', 1)[0] ?? '' };
    expect((await asked(one, '/api/v1/session', { headers: session })).body).toContain('"name":"a test"');
    const post = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ name: 'by a page' });
      return (
        await asked(one, '/api/v1/tokens', { method: 'POST', body, headers: { ...session, ...headers } })
      ).status;
    };
    expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await post({ origin: one.url })).toBe(200);
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: one.url.replace('127.0.0.1', 'localhost') },
    ])
      expect(await post(headers), JSON.stringify(headers)).toBe(403);
    const ended = await asked(one, '/api/v1/session', { method: 'DELETE', headers: session });
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
    const behindTls = await asked(other, '/api/v1/session', {
      method: 'POST',
      headers: { 'x-auth-token': secret, 'x-forwarded-proto': 'https' },
    });
    expect(behindTls.headers.get('set-cookie')).toContain('; Secure');
  });

  it('a proxy that is trusted says who asks, and from where; a page of the list may ask, and no other', async () => {
    const who = { headers: { 'x-who': 'zoe@example.com', 'x-forwarded-for': '203.0.113.9' } };
    const session = await asked(other, '/api/v1/session', who);
    expect(JSON.parse(session.body)).toMatchObject({ name: 'zoe@example.com', scopes: ['read'] });
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: PAGE, 'access-control-request-method': 'GET' },
    };
    const allowed = await asked(other, COUNTS, preflight);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const evil = { ...by(ROOT), headers: { ...by(ROOT).headers, origin: 'https://evil.example' } };
    expect((await asked(other, COUNTS, evil)).headers.get('access-control-allow-origin')).toBeNull();
    expect((await asked(one, COUNTS, preflight)).headers.get('access-control-allow-origin')).toBeNull();
  });
});
