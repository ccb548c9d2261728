import { once } from 'node:events';
import { Agent, get as request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it, vi } from 'vitest';
import { PROBLEM } from '../../src/http/openapi.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { statementsOfOthers } from '../support/process-list.ts';
import { onMySql, onSqlite } from '../support/serve-ground.ts';
import { startServe } from '../support/serve-process.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
const COUNT = 4_000;
/** All of them are more than sockets hold. */
const LARGE: readonly LogEntry[] = Array.from({ length: COUNT }, (_none, n) => ({
  timestamp: `2026-11-25 14:00:00.${String(n).padStart(6, '0')}`,
  eventId: `large-${String(n)}`,
  serviceName: 'cart',
  severity: 'info',
  payload: `${String(n)} ${'x'.repeat(8_000)}`,
  tags: null,
}));

/** Asks, and reads nothing of the answer. */
async function open(url: string, agent?: Agent): Promise<IncomingMessage> {
  const sent = request(url, { ...(agent && { agent }) });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

/** The numbers that payloads begin with. */
function numbersIn(lines: string): number[] {
  const all = lines.split('\n').filter((line) => line !== '');
  return all.map((line) => Number(line.slice(0, line.indexOf(' '))));
}

describe('lms serve, when it stops', () => {
  it('ends an export that is being read, marked as cut: the cursor has the rest', async () => {
    await using ground = await onSqlite(LARGE);
    const env = { DATABASE_URL: ground.url };
    const path = '/api/v1/entries?order=oldest&limit=all&format=text';
    const server = await startServe(env, ['--queries-at-once', '1', '--query-wait', '5']);
    const response = await open(`${server.url}${path}`);
    // Nobody reads it, and it holds nobody up.
    expect((await server.get('/api/v1/entries?limit=1')).status).toBe(200);
    const stopped = server.stop();
    await vi.waitFor(async () => {
      await expect(fetch(server.url)).rejects.toThrow();
    }, PATIENCE);
    const begun = numbersIn(await text(response));
    expect(response.trailers['lms-complete']).toBe('false');
    expect((await stopped).status).toBe(0);
    expect(begun.length).toBeLessThan(COUNT);
    const next = await startServe(env);
    const rest = await open(`${next.url}${path}&cursor=${response.trailers['lms-next'] ?? ''}`);
    const all = [...begun, ...numbersIn(await text(rest))];
    expect(rest.trailers['lms-complete']).toBe('true');
    expect(all).toEqual(LARGE.map((_entry, n) => n));
  });

  it('waits for no connection that is idle, or was never used', async () => {
    await using ground = await onSqlite();
    const server = await startServe({ DATABASE_URL: ground.url }, ['--shutdown-timeout', '60']);
    const agent = new Agent({ keepAlive: true });
    await text(await open(`${server.url}/livez`, agent));
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(silent, 'connect');
    await text(await open(`${server.url}/api/v1/counts`));
    const startMs = performance.now();
    const { status, stderr } = await server.stop();
    expect(status).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(20_000);
    // Its log says who asked what.
    expect(stderr).toMatch(/"route":"\/api\/v1\/counts".*"by":"everybody"/);
    agent.destroy();
    silent.destroy();
  });

  it('gives up what takes longer than SHUTDOWN_TIMEOUT, in the database too', async () => {
    await using ground = await onMySql();
    const connection = await createConnection(ground.url);
    const atWork = () => statementsOfOthers(connection);
    const server = await startServe({ DATABASE_URL: ground.url }, ['--shutdown-timeout', '0.3']);
    await connection.query('LOCK TABLES service_logs WRITE');
    const cut = server.get('/api/v1/entries?q=nobody').then(
      ({ status }) => status,
      () => 'cut',
    );
    // The job that indexes words stands there, too.
    await vi.waitFor(async () => {
      expect(await atWork()).toBe(2);
    }, PATIENCE);
    expect((await server.stop()).status).toBe(0);
    expect(await cut).toBe('cut');
    await vi.waitFor(async () => {
      expect(await atWork()).toBe(0);
    }, PATIENCE);
    await connection.end();
  });
});

describe('lms serve on a database that fails', () => {
  it('is not ready, says why in its log alone, and answers when to come again', async () => {
    await using ground = await onSqlite();
    const server = await startServe({ DATABASE_URL: ground.url });
    ground.tamper?.('ALTER TABLE service_severity_minutes RENAME TO elsewhere');
    const refused = await server.get('/api/v1/histogram');
    const body = await refused.text();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(PROBLEM.parse(JSON.parse(body)).code).toMatch(/^DATABASE_|^SCHEMA_/);
    expect(body).not.toMatch(/service_severity|lms\.db/);
    const readiness = await server.get('/readyz');
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ ready: false });
    ground.tamper?.('ALTER TABLE elsewhere RENAME TO service_severity_minutes');
    expect((await server.get('/api/v1/histogram')).status).toBe(200);
    expect((await server.get('/readyz')).status).toBe(200);
    expect((await server.stop()).stderr).toContain('service_severity_minutes');
  });
});
