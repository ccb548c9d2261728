import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LmsError } from '../../src/errors/catalogue.ts';
import { type Page, startHealthServer } from '../../src/health/server.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { RecordingLog } from '../support/recording-log.ts';

const HOST = '127.0.0.1';
const alive: Page = () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'älive\n' });

async function serve(pages: Readonly<Record<string, Page>> = { '/livez': alive }) {
  const log = new RecordingLog();
  const port = await freePort();
  const server = await startHealthServer({ host: HOST, port }, new Map(Object.entries(pages)), log);
  onTestFinished(() => server.close().catch(() => undefined));
  return { server, log, port, url: `http://${HOST}:${String(port)}` };
}

describe('a page', () => {
  it('is answered as it is made, whatever the query says', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/livez?verbose=1`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('älive\n');
  });

  it('is made anew for each request', async () => {
    let asked = 0;
    const count = () => ({ status: 200, contentType: 'text/plain', body: String((asked += 1)) });
    const { url } = await serve({ '/count': count });
    expect(await (await fetch(`${url}/count`)).text()).toBe('1');
    expect(await (await fetch(`${url}/count`)).text()).toBe('2');
  });

  it('answers HEAD without a body', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/livez`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('7');
    expect(await response.text()).toBe('');
  });

  it('takes no other method', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/livez`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('that is not there is a 404 that names those that are', async () => {
    const { url } = await serve({ '/livez': alive, '/readyz': alive });
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('not found; there are /livez, /readyz\n');
  });

  it('that fails is a 500 without details, and a line in the log', async () => {
    const { url, log } = await serve({
      '/broken': () => {
        throw new Error('secret details');
      },
    });
    const response = await fetch(`${url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(log.told).toMatchObject([{ level: 'error', fields: { path: '/broken' } }]);
  });
});

describe('closing', () => {
  it('cuts connections that are idle or open in the middle of a request', async () => {
    const never: Page = () => new Promise<never>(() => undefined);
    const asked = vi.fn(never);
    const { server, port } = await serve({ '/slow': asked });
    const idle = connect(port, HOST);
    const idleClosed = once(idle, 'close');
    await once(idle, 'connect');
    const slow = request({ host: HOST, port, path: '/slow' }).end();
    const slowFailed = once(slow, 'error');
    await eventually(() => {
      expect(asked).toHaveBeenCalled();
    });
    idle.on('error', () => undefined);
    await server.close();
    await Promise.all([idleClosed, slowFailed.catch(() => undefined)]);
  });

  it('frees the port', async () => {
    const { server, port } = await serve();
    await server.close();
    const next = await startHealthServer({ host: HOST, port }, new Map(), new RecordingLog());
    await next.close();
  });
});

it('a port in use is told in one clear line', async () => {
  const { port } = await serve();
  const second = startHealthServer({ host: HOST, port }, new Map(), new RecordingLog());
  await expect(second).rejects.toThrow(LmsError);
  await expect(second).rejects.toMatchObject({
    code: 'SETTINGS',
    message: `HEALTH_PORT: cannot listen on ${HOST}:${String(port)}: another program listens there`,
  });
});
