import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebPage } from '../../src/http/web-page.ts';
import { type HttpServer, openHttp } from '../support/http-server.ts';

const HTML = '<!doctype html><title>LMS</title><script type="module" src="./assets/index-Ab12.js"></script>';
const SCRIPT = 'console.log(1);'.repeat(100);
const AS_BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const FOR_EVER = 'public, max-age=31536000, immutable';

const asIs = (body: Buffer) => body;

let page: WebPage;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lms-test-page-'));
  const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
  await mkdir(join(folder, 'assets'));
  await write('index.html', HTML);
  await write('index.html.br', brotliCompressSync(HTML));
  await write('assets/index-Ab12.js', SCRIPT);
  await write('assets/index-Ab12.js.br', brotliCompressSync(SCRIPT));
  await write('assets/index-Ab12.js.gz', gzipSync(SCRIPT));
  await write('assets/uplot.min-9_x-.css', 'a{}');
  await write('assets/icon-1.svg', '<svg/>');
  await write('secret.js', 'no');
  page = await WebPage.read(pathToFileURL(`${folder}/`));
  // It is in memory: what becomes of the files is nothing to a server that runs.
  await rm(folder, { recursive: true });
});

interface Got extends Pick<IncomingMessage, 'headers'> {
  readonly status: number | undefined;
  readonly body: Buffer;
}

/** Asks by a path as it is, and takes the answer as it is. */
async function asked(
  { url }: HttpServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Got> {
  const { port } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, method }, resolve).on('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe('the files of the page', () => {
  it('are sent as whoever asks likes them best, and as they are to whoever says nothing', async () => {
    const server = await openHttp({ page });
    for (const [accepted, encoding, unpacked] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['gzip, deflate', 'gzip', gunzipSync],
      ['br;q=0.5, gzip', 'gzip', gunzipSync],
      ['br;q=0, *', 'gzip', gunzipSync],
      ['*', 'br', brotliDecompressSync],
      ...['', 'identity', 'br;q=0, gzip;q=0', 'zstd'].map((each) => [each, undefined, asIs] as const),
    ] as const) {
      const got = await asked(server, '/assets/index-Ab12.js', { 'accept-encoding': accepted });
      const { 'content-encoding': sentAs, vary, 'content-length': length } = got.headers;
      expect([got.status, sentAs, vary, length], accepted).toEqual([
        200,
        encoding,
        'accept-encoding',
        String(got.body.length),
      ]);
      expect(unpacked(got.body).toString()).toBe(SCRIPT);
    }
  });

  it('have their types, and are kept for ever, without asking again', async () => {
    const server = await openHttp({ page });
    for (const [name, type] of [
      ['index-Ab12.js', 'text/javascript; charset=utf-8'],
      ['uplot.min-9_x-.css', 'text/css; charset=utf-8'],
      ['icon-1.svg', 'image/svg+xml'],
    ] as const) {
      const { status, headers } = await asked(server, `/assets/${name}`);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, FOR_EVER]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('answer HEAD as GET, without the content', async () => {
    const server = await openHttp({ page });
    const accepted = { 'accept-encoding': 'br' };
    const got = await asked(server, '/assets/index-Ab12.js', accepted);
    const head = await asked(server, '/assets/index-Ab12.js', accepted, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    for (const name of ['content-type', 'content-length', 'content-encoding', 'cache-control', 'vary'])
      expect(head.headers[name]).toBe(got.headers[name]);
  });

  it('are these and no others', async () => {
    const server = await openHttp({ page });
    for (const path of [
      '/assets/index-Ab12.js.br',
      '/assets/index-Cd34.js',
      '/assets/../secret.js',
      '/assets/..%2fsecret.js',
      '/assets/%2e%2e/secret.js',
      '/assets/..%5csecret.js',
      '/assets/index-Ab12.js%00.css',
      '/assets/__proto__.js',
      '/assets/.',
      '/assets//etc/passwd',
      '/assets/',
      '/secret.js',
      '/index.html.br',
    ]) {
      const { status, body } = await asked(server, path);
      expect([status, JSON.parse(body.toString())], path).toMatchObject([404, { code: 'NO_RESOURCE' }]);
    }
  });

  it('leave an index of documents its name', async () => {
    const server = await openHttp({ page });
    const body = '{"create":{}}\n{"message":"in an index called assets"}\n';
    const answer = await server.ask('/assets/_bulk', { method: 'POST', body });
    expect([answer.status, await answer.json()]).toMatchObject([200, { errors: false }]);
    expect(server.published).toEqual([]);
    expect(await server.store.verify()).toMatchObject({ total: { rows: 1 } });
    const posted = await server.ask('/assets/index-Ab12.js', { method: 'POST', body });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('the page', () => {
  it('is for whoever asks for HTML; others are told the version that they look for', async () => {
    const server = await openHttp({ page });
    const shown = await asked(server, '/', { accept: AS_BROWSER, 'accept-encoding': 'gzip, br' });
    expect(shown.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'br',
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
    });
    expect(brotliDecompressSync(shown.body).toString()).toBe(HTML);
    const plain = await asked(server, '/?page=logs&q=a%20b', { accept: AS_BROWSER });
    expect([plain.body.toString(), plain.headers.vary]).toEqual([HTML, 'accept, accept-encoding']);
    const version = await asked(server, '/', { accept: 'application/json' });
    expect(JSON.parse(version.body.toString())).toMatchObject({ cluster_name: 'lms' });
    expect(version.headers).toMatchObject({ vary: 'accept', 'cache-control': 'no-store' });
  });

  it('is asked for again, and not sent again while it is the same', async () => {
    const server = await openHttp({ page });
    const { etag = '' } = (await asked(server, '/', { accept: AS_BROWSER })).headers;
    for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`]) {
      const got = await asked(server, '/', { accept: AS_BROWSER, 'if-none-match': known });
      expect([got.status, got.body.length, got.headers.etag]).toEqual([304, 0, etag]);
      expect(got.headers).toMatchObject({ vary: 'accept, accept-encoding', 'cache-control': 'no-cache' });
    }
    const changed = await asked(server, '/', { accept: AS_BROWSER, 'if-none-match': '"other"' });
    expect(changed.status).toBe(200);
    const head = await asked(server, '/', { accept: AS_BROWSER }, 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(HTML.length),
    ]);
  });

  it('is for everybody, as its files are', async () => {
    const server = await openHttp({ page });
    server.grant = new Error('nobody may do anything');
    expect((await asked(server, '/', { accept: AS_BROWSER })).status).toBe(200);
    expect((await asked(server, '/assets/index-Ab12.js')).status).toBe(200);
  });

  it('that was not built says how to build it, and where the API is', async () => {
    const server = await openHttp({ page: await WebPage.read(new URL('file:///no/such/folder/')) });
    const { status, headers, body } = await asked(server, '/', { accept: AS_BROWSER });
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(body.toString()).toMatch(/make build[^]*href="api\/docs"/);
    expect(body.toString()).not.toMatch(/<script|<style|style=|\son\w+=|https?:/);
    for (const [, path = ''] of body.toString().matchAll(/href="([^"]+)"/g))
      expect((await server.ask(`/${path}`)).status, path).toBe(200);
  });
});
