import fastifyRateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { NOBODY } from '../../src/access/grant.ts';
import { LastUse } from '../../src/access/last-use.ts';
import { hashOf } from '../../src/access/new-token.ts';
import { TokenBook } from '../../src/access/token-book.ts';
import { TokenAuthentication } from '../../src/http/authentication.ts';
import { Problem } from '../../src/http/problems.ts';
import { RecordingLog } from '../support/recording-log.ts';

const NOW = '2026-11-25 14:00:00.000000';
const MOUNT = 'the-token-of-a-mount';
const RECORD = { id: '1', name: 'mount', scopes: ['read'], namespace: 'old', createdAt: NOW } as const;
const ENDLESS = { expiresAt: undefined, lastUsedAt: undefined, revokedAt: undefined };

/** Answers with the name of whoever asks a route that has a token for those who send none. */
async function answering(failing = false) {
  const used: string[] = [];
  const records = {
    tokens: () => Promise.resolve({ now: NOW, tokens: [{ ...RECORD, ...ENDLESS, hash: hashOf(MOUNT) }] }),
    useTokens: (ids: readonly string[]) => {
      used.push(...ids);
      return failing ? Promise.reject(new Error('only SELECT')) : Promise.resolve();
    },
  };
  const log = new RecordingLog();
  const authentication = new TokenAuthentication({
    book: new TokenBook(records, () => 0),
    lastUse: new LastUse(records, log, () => 0),
    mayBeOpen: true,
    origins: [],
  });
  const server = fastify({ logger: false });
  await server.register(fastifyRateLimit, { global: false });
  server.decorateRequest('grant');
  server.all('/', async (request) => {
    request.grant = NOBODY;
    const { name, prefix } = await authentication.grantOf(request, { token: MOUNT });
    return `${prefix}${name}`;
  });
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof Problem) reply.headers(error.headers);
    return reply.code(401).send(String(error));
  });
  const inject = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
    server.inject({ url: '/', headers, method });
  const ask = async (...asked: Parameters<typeof inject>) => (await inject(...asked)).body;
  return { ask, inject, used, log };
}

describe('a route with a token of its own', () => {
  it('is used as that token by those who send none, and by nobody who sends a wrong one', async () => {
    const { ask } = await answering();
    expect(await ask({})).toBe('old/mount');
    expect(await ask({ 'x-auth-token': MOUNT })).toBe('old/mount');
    expect(await ask({ 'x-auth-token': 'wrong' })).toContain('no such token');
    // An identity that nobody was told to believe.
    expect(await ask({ 'x-goog-authenticated-user-email': 'me@example.com' })).toBe('old/mount');
  });

  it('takes from a browser a session that is none, and from others nothing', async () => {
    const { inject } = await answering();
    const ofBrowser = await inject({ cookie: 'lms-session=wrong' });
    expect(ofBrowser.headers['set-cookie']).toBe(
      'lms-session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    );
    const ofProgram = await inject({ 'x-auth-token': 'wrong', cookie: 'lms-session=wrong' });
    expect([ofProgram.statusCode, ofProgram.headers['set-cookie']]).toEqual([401, undefined]);
  });

  it('is not used for what changes something by a page of others, whose browser sends no token', async () => {
    const { ask } = await answering();
    expect(await ask({}, 'POST')).toBe('old/mount');
    expect(await ask({ host: 'logs.example', origin: 'http://logs.example' }, 'POST')).toBe('old/mount');
    expect(await ask({ host: 'logs.example', origin: 'http://evil.example' }, 'POST')).toContain('page');
    expect(await ask({ 'sec-fetch-site': 'cross-site' }, 'POST')).toContain('page');
    expect(await ask({ 'x-auth-token': MOUNT, 'sec-fetch-site': 'cross-site' }, 'POST')).toBe('old/mount');
  });

  it('its use is noted once a minute, and a server that may not note it goes on', async () => {
    const { ask, used, log } = await answering(true);
    for (let n = 0; n < 5; n += 1) expect(await ask({})).toBe('old/mount');
    await expect.poll(() => used).toEqual(['1']);
    await expect.poll(() => log.lines.length).toBe(1);
  });
});
