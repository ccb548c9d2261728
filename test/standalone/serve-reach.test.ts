import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lms } from '../cli/lms.ts';
import { makeAuthority } from '../support/certificates.ts';
import { onSqlite } from '../support/serve-ground.ts';
import { startServe } from '../support/serve-process.ts';

const ROOT = 'root-token-of-this-test';
const PATIENCE = { timeout: 20_000, interval: 100 };

describe('where lms serve answers', () => {
  it('without a token on this machine alone, and not to pages of others; with one wherever it is told', async () => {
    await using ground = await onSqlite([]);
    const env = { DATABASE_URL: ground.url };
    const open = await startServe(env);
    const status = async (headers: Record<string, string>, method = 'GET', path = '/api/v1/counts') => {
      const sent = httpRequest(`${open.url}${path}`, { method, headers }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      await text(response);
      return response.statusCode;
    };
    expect(await status({})).toBe(200);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ 'x-forwarded-for': '203.0.113.9' })).toBe(403);
    expect(await status({ 'x-real-ip': '203.0.113.9' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' }, 'POST', '/api/v1/tokens')).toBe(403);
    expect(await lms(['serve', '--serve-host', '0.0.0.0'], env)).toMatchObject({ status: 2 });
    const made = await lms(['token', 'create', '--name', 'first'], env);
    const secret = made.stdout.split('\n', 1)[0] ?? '';
    await vi.waitFor(async () => {
      expect(await status({})).toBe(401);
    }, PATIENCE);
    const far = await startServe({ ...env, SERVE_HOST: '0.0.0.0' });
    const counted = await lms(['logs', '--count', '--url', far.url], { LMS_TOKEN: secret });
    expect(counted).toMatchObject({ stdout: '0\n', stderr: '' });
    const without = await lms(['logs', '--count', '--url', far.url]);
    expect(without).toMatchObject({ status: 19, stderr: expect.stringContaining('token') as string });
    expect((await far.stop()).stdout).toContain('to those who have a token');
  });

  it('by TLS, if there is a certificate: sessions are secure then', async () => {
    await using ground = await onSqlite([]);
    const authority = makeAuthority('of this test');
    const { cert, key } = authority.issue('localhost');
    const folder = await mkdtemp(join(tmpdir(), 'lms-tls-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const at = (name: string) => join(folder, name);
    await writeFile(at('cert.pem'), cert);
    await writeFile(at('key.pem'), key);
    const tls = { TLS_CERT: at('cert.pem'), TLS_KEY: at('key.pem') };
    const server = await startServe({ DATABASE_URL: ground.url, ROOT_TOKEN: ROOT, ...tls });
    const options = {
      ca: authority.cert,
      servername: 'localhost',
      method: 'POST',
      ...{ headers: { 'x-auth-token': ROOT } },
    };
    const sent = httpsGet(`${server.url}/api/v1/session`, options);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    await text(response);
    expect([response.statusCode, response.headers['set-cookie']?.[0]]).toEqual([
      200,
      expect.stringContaining('; Secure'),
    ]);
    const half = await lms(['serve'], { DATABASE_URL: ground.url, TLS_CERT: at('cert.pem') });
    expect(half).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing without TLS_KEY') as string,
    });
  });
});
