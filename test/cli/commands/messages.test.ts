import { describe, expect, it } from 'vitest';
import { OPEN } from '../../../src/access/grant.ts';
import type { Authentication } from '../../../src/http/authentication.ts';
import { MessagesClient } from '../../../src/remote/messages.ts';
import { openHttp } from '../../support/http-server.ts';
import { lms } from '../lms.ts';

// A whole second has no fraction.
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})? +`;
const { signal } = new AbortController();

describe('lms messages', () => {
  it('stores, lists from a level on, and clears', async () => {
    const { url } = await openHttp();
    const messages = (...args: string[]) => lms(['messages', ...args, '--url', url]);
    const fine = { status: 0, stdout: '', stderr: '' };
    expect(await messages('add', '--clientid', '100', 'hello\u001b[31m')).toEqual(fine);
    expect(
      await messages('add', '--clientid=-9223372036854775808', '--level', 'error', '--wait', '5', 'é -- x'),
    ).toEqual(fine);
    const all = await messages('list');
    expect(all.stdout).toMatch(
      new RegExp(`^${TIME}info    100 hello\\\\u001b\\[31m\n${TIME}error   -9223372036854775808 é -- x\n$`),
    );
    const bad = await messages('list', '--min-level', 'warning', '--json');
    expect(bad.stdout).toMatch(
      /^\{"clientid":-9223372036854775808,"creation_datetime":"[^"]*","loglevel":"error","message":"é -- x"\}\n$/,
    );
    expect(await messages('clear')).toEqual(fine);
    expect(await messages('list')).toEqual(fine);
  });

  it('shows the token of LMS_TOKEN, or the one of its flag', async () => {
    const shown: unknown[] = [];
    const grantOf: Authentication['grantOf'] = ({ headers }) => {
      shown.push(headers.authorization);
      return Promise.resolve(OPEN);
    };
    const { url } = await openHttp({ authentication: { grantOf, isStill: () => Promise.resolve(true) } });
    const env = { LMS_TOKEN: 'lms_of-the-environment' };
    expect((await lms(['messages', 'list', '--url', url], env)).status).toBe(0);
    expect(
      (await lms(['messages', 'clear', '--url', url, '--token', 'lms_of-the-flag-itself'], env)).status,
    ).toBe(0);
    expect((await lms(['messages', 'add', '--url', url, '--clientid', '1', 'x'])).status).toBe(0);
    expect(shown).toEqual(['Bearer lms_of-the-environment', 'Bearer lms_of-the-flag-itself', undefined]);
  });

  it('says what is wrong: with the call, with the server, with what it refuses', async () => {
    const server = await openHttp();
    const messages = (...args: string[]) => lms(['messages', ...args, '--url', server.url]);
    expect(await messages('add', 'x')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--clientid') as string,
    });
    expect((await messages('add', '--clientid', '1.5', 'x')).status).toBe(1);
    expect((await messages('add', '--clientid', '1', '--level', 'fatal', 'x')).status).toBe(1);
    expect(await messages('add', '--clientid', '9'.repeat(19), 'x')).toMatchObject({
      status: 19,
      stderr: expect.stringContaining('Bad clientid') as string,
    });
    server.storesAtOnce = false;
    expect(await messages('add', '--clientid', '1', '--wait', '1', 'x')).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('cannot be read yet') as string,
    });
    expect((await lms(['messages', 'list', '--url', 'http://127.0.0.1:1'])).status).toBe(18);
    expect((await lms(['messages', 'list', '--url', 'nowhere'])).status).toBe(1);
  });
});

describe('the client of messages', () => {
  it('gives back what was stored, with integers of any size', async () => {
    const { url } = await openHttp();
    const client = new MessagesClient(url, { token: 'any' });
    const stored = await client.store(
      { clientId: 7, level: 'warning', message: '\u0000 😀' },
      { signal, waitSeconds: 5 },
    );
    expect(stored).toBe(true);
    await client.store({ clientId: 2n ** 63n - 1n, level: 'info', message: '' }, { signal });
    expect(await client.get({}, signal)).toEqual([
      { clientId: 7, createdAt: expect.any(String) as string, level: 'warning', message: '\u0000 😀' },
      { clientId: 2n ** 63n - 1n, createdAt: expect.any(String) as string, level: 'info', message: '' },
    ]);
    expect(await client.get({ minLevel: 'error' }, signal)).toEqual([]);
    await client.clear(signal);
    expect(await client.get({}, signal)).toEqual([]);
  });
});
