import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPrefixProxy } from '../support/prefix-proxy.ts';
import { openWebGround, type WebGround } from '../support/web-page.ts';

const ROOT = 'a-root-token-of-this-test-alone';

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround({ ROOT_TOKEN: ROOT });
  await web.store([
    { service_name: 'shop', severity: 'error', payload: 'the order 4711 was not paid' },
    { service_name: 'secretive', severity: 'info', payload: 'what only some may read' },
  ]);
});
afterAll(() => web[Symbol.asyncDispose]());

it('opens with the newest lines, within its policy, and asks nobody but its server', async () => {
  const page = await web.open('', { token: ROOT });
  await page.getByText('the order 4711 was not paid').first().waitFor();
  expect(await page.title()).toContain('LMS');
});

it('works behind a prefix that a proxy takes off', async () => {
  const base = await startPrefixProxy(web.url, '/tools/lms/');
  const page = await web.open('', { token: ROOT, base });
  await page.getByText('the order 4711 was not paid').first().waitFor();
});
