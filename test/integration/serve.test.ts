import { once } from 'node:events';
import { get as request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it, vi } from 'vitest';
import { PROBLEM } from '../../src/http/openapi.ts';
import { lms } from '../cli/lms.ts';
import { statementsOfOthers } from '../support/process-list.ts';
import { onMySql, onSqlite } from '../support/serve-ground.ts';
import { startServe } from '../support/serve-process.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };

describe('lms serve', () => {
  it('answers nobody who calls it by another name, and says at the start that there are no tokens', async () => {
    await using ground = await onSqlite();
    const server = await startServe({ DATABASE_URL: ground.url });
    const asked = async (host: string) => {
      const sent = request(`${server.url}/api/v1/counts`, { headers: { host } });
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return [response.statusCode, (await text(response)).includes('HOST')];
    };
    expect(await asked('evil.example')).toEqual([403, true]);
    expect(await asked('127.0.0.1.evil.example:80')).toEqual([403, true]);
    expect(await asked('localhost:1')).toEqual([200, false]);
    expect(await asked('[::1]:80')).toEqual([200, false]);
    const { stdout, stderr } = await server.stop();
    expect(stdout).toContain('there are no tokens');
    expect(stderr).toContain('everybody on this machine may read');
  });

  it('does not begin at an address that others reach, or that is taken', async () => {
    await using ground = await onSqlite();
    const env = { DATABASE_URL: ground.url };
    expect(await lms(['serve', '--serve-host', '0.0.0.0'], env)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('can be reached from other machines') as string,
    });
    const server = await startServe(env);
    const { port } = new URL(server.url);
    expect((await lms(['serve', '--serve-port', port], env)).status).toBe(16);
  });

  it('logs each request by its route: no query, no path, no header', async () => {
    await using ground = await onSqlite();
    const server = await startServe({ DATABASE_URL: ground.url });
    await server.get('/api/v1/entries?q=hidden-word', {
      headers: { 'x-auth-token': 'hidden-token', 'x-request-id': 'of-a-client' },
    });
    await server.get('/hidden-path?token=hidden-too');
    const { stderr, status } = await server.stop();
    expect(status).toBe(0);
    const lines = stderr.split('\n').filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      route: '/api/v1/entries',
      status: 200,
      requestId: 'of-a-client',
    });
    expect(stderr).not.toContain('hidden');
  });
});

describe('lms serve on a database that is at work', () => {
  it('whoever goes away leaves no statement; who waits too long is told to come again', async () => {
    await using ground = await onMySql();
    const connection = await createConnection(ground.url);
    const atWork = () => statementsOfOthers(connection);
    const server = await startServe({ DATABASE_URL: ground.url }, [
      '--queries-at-once',
      '1',
      '--query-wait',
      '0.2',
      '--jobs',
      'none',
    ]);
    await connection.query('LOCK TABLES service_logs WRITE');
    const leaving = new AbortController();
    const left = server.get('/api/v1/entries?q=nobody', { signal: leaving.signal }).catch(() => 'gone');
    await vi.waitFor(async () => {
      expect(await atWork()).toBe(1);
    }, PATIENCE);
    const busy = await server.get('/api/v1/entries');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
    expect(PROBLEM.parse(await busy.json()).code).toBe('BUSY');
    leaving.abort();
    expect(await left).toBe('gone');
    await vi.waitFor(async () => {
      expect(await atWork()).toBe(0);
    }, PATIENCE);
    await connection.query('UNLOCK TABLES');
    expect((await server.get('/api/v1/entries?limit=1')).status).toBe(200);
    await connection.end();
    const { stderr } = await server.stop();
    expect(stderr).toContain('"finished":false');
    expect(stderr).not.toMatch(/a request (failed|was refused)/);
  });
});
