import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPrefixProxy } from '../support/prefix-proxy.ts';
import { openWebGround, type WebGround } from '../support/web-page.ts';

const ROOT = 'a-root-token-of-this-test-alone';
const ORDER = 'the order 4711 was not paid';
/** What a browser prints for the answers that these tests are about. */
const REFUSED = [/status of 401/];
const AWAY = [
  /ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/,
  // A server that is about to stop says so.
  /status of 503/,
];
/** Of all files that are loaded until a page that nobody touches is at rest, compressed by gzip. */
const MAX_FIRST_LOAD_BYTES = 90 * 1024;

/** What comes behind the first lines. */
const LATE_FILES = ['FacetList.css', 'FacetList.js', 'chart.css', 'chart.js'];

const PATIENCE = { timeout: 20_000, interval: 50 };

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround({ ROOT_TOKEN: ROOT });
  await web.store([
    { service_name: 'shop', severity: 'error', payload: ORDER },
    { service_name: 'secretive', severity: 'info', payload: 'what only some may read' },
  ]);
});
afterAll(() => web[Symbol.asyncDispose]());

function line(page: Page, text: string) {
  return page.getByText(text).first();
}

describe('the page', () => {
  it('opens with the newest lines, within its policy, and loads little for all that it shows', async () => {
    const page = await web.open('about:blank', { token: ROOT, viewport: { width: 1280, height: 800 } });
    const files = new Set<string>();
    page.on('response', (response) => files.add(new URL(response.url()).pathname));
    await page.goto(web.url);
    await line(page, ORDER).waitFor();
    await page.locator('canvas').waitFor();
    await page.getByRole('complementary').getByTitle('secretive', { exact: true }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const loaded = ['/index.html', ...[...files].filter((path) => path.startsWith('/assets/'))];
    const sizes = loaded.map((path) => gzippedSize(path));
    expect(loaded.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MAX_FIRST_LOAD_BYTES);
    expect(await page.title()).toContain('LMS');
  });

  it('works behind a prefix that a proxy takes off', async () => {
    const base = await startPrefixProxy(web.url, '/tools/lms/');
    const page = await web.open('', { base, mayFail: REFUSED });
    await signIn(page, ROOT);
    await line(page, ORDER).waitFor();
    expect(page.url()).toMatch(new RegExp(`^${base}`));
  });

  it('is loaded anew, once, where its server has other files by now', async () => {
    const page = await web.open('?q=order', { token: ROOT });
    await line(page, ORDER).waitFor();
    // As the build's own loader says it of a file that is not there.
    const failed = `dispatchEvent(new Event('vite:preloadError')); globalThis.isOld = true`;
    const reloaded = page.waitForEvent('load');
    await page.evaluate(failed);
    await reloaded;
    await line(page, ORDER).waitFor();
    expect(await page.evaluate('globalThis.isOld')).toBeUndefined();
    expect(new URL(page.url()).searchParams.get('q')).toBe('order');
    await page.evaluate(failed);
    await page.evaluate(`fetch('livez')`);
    expect(await page.evaluate('globalThis.isOld')).toBe(true);
  });

  it('says that the server is away, keeps what it has, and goes on once it is back', async () => {
    const page = await web.open('', { token: ROOT, mayFail: AWAY });
    await line(page, ORDER).waitFor();
    await web.stop();
    await web.store([{ service_name: 'shop', severity: 'info', payload: 'the order 4712 was paid' }]);
    // As Back does.
    await page.evaluate(
      `history.replaceState(null, '', '?q=order'); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    const notice = page.getByText('The server does not answer.');
    await notice.waitFor();
    expect(await line(page, ORDER).isVisible()).toBe(true);
    await web.start();
    await line(page, 'the order 4712 was paid').waitFor();
    await notice.waitFor({ state: 'hidden' });
    // What failed is asked again, and each part has its answer.
    await expect.poll(() => page.getByRole('button', { name: 'Try again' }).count(), PATIENCE).toBe(0);
  });
});

describe('a part of the page', () => {
  it('that could not be loaded for want of a server is there once that is back, with its styles', async () => {
    const page = await web.open('about:blank', {
      token: ROOT,
      mayFail: AWAY,
      viewport: { width: 1280, height: 800 },
    });
    const { promise: isAway, resolve: goOn } = Promise.withResolvers<undefined>();
    const held = new Set<string>();
    await page.route(/\/assets\/(?:chart|FacetList)-/, async (route) => {
      held.add(
        route
          .request()
          .url()
          .replace(/-[^/]*\./, '.'),
      );
      await isAway;
      await route.continue();
    });
    await page.goto(web.url);
    await expect
      .poll(() => [...held].map((url) => url.split('/').at(-1)).toSorted(), PATIENCE)
      .toEqual(LATE_FILES);
    await page.evaluate('globalThis.isSame = true');
    await web.stop();
    goOn(undefined);
    const notice = page.getByText('The server does not answer.');
    await notice.waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await web.start();
    await page.locator('canvas').waitFor();
    await page.getByRole('complementary').getByTitle('secretive', { exact: true }).waitFor();
    await notice.waitFor({ state: 'hidden' });
    const position = `getComputedStyle(document.querySelector('.u-over')).position`;
    expect(await page.evaluate(position)).toBe('absolute');
    expect(await page.evaluate('globalThis.isSame')).toBe(true);
  });
});

describe('where there are tokens, the page', () => {
  it('asks for one, says that one is wrong, and goes on where it was asked for with a right one', async () => {
    const page = await web.open('?q=service%3Ashop', { mayFail: REFUSED });
    await signIn(page, 'lms_wrong');
    await page.getByText('There is no such token').waitFor();
    expect(await page.getByText(ORDER).count()).toBe(0);
    await signIn(page, ROOT);
    await line(page, ORDER).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('service:shop');
    expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage })')).not.toContain(ROOT);
    await page.reload();
    await line(page, ORDER).waitFor();
    expect(await page.getByLabel('Token').count()).toBe(0);
  });

  it('shows to a reader of some services nothing of the others', async () => {
    const page = await web.open('', { token: await web.token({ services: ['shop', 'shop-*'] }) });
    await line(page, ORDER).waitFor();
    await page.getByRole('button', { name: 'Who reads: a test' }).click();
    await page.getByText('shop, shop-*').waitFor();
    expect(await page.content()).not.toMatch(/secretive|what only some may read/);
    const answered = page.waitForResponse(/\/entries\?.*secretive/);
    await page.goto(`${web.url}?q=service%3Asecretive`);
    expect(await (await answered).json()).toMatchObject({ entries: [] });
    expect(await page.getByText('what only some may read').count()).toBe(0);
  });

  it('is left by signing out, in this browser', async () => {
    const page = await web.open('', { token: ROOT, mayFail: REFUSED });
    await line(page, ORDER).waitFor();
    await page.getByRole('button', { name: 'Who reads: root' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.getByText(ORDER).count()).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('asks for another one after the one it had, and takes that at once', async () => {
    const page = await web.open('', { token: 'lms_of-long-ago', mayFail: REFUSED });
    await page.getByLabel('Token').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await signIn(page, ROOT);
    await line(page, ORDER).waitFor();
  });
});

/** As a server sends it: in bytes. */
function gzippedSize(path: string): number {
  const file = readFileSync(new URL(`../../dist/web${path}`, import.meta.url));
  return gzipSync(file, { level: 9 }).length;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
