import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGround, type WebGround } from '../support/web-page.ts';

const run = promisify(execFile);
const PATIENCE = { timeout: 30_000, interval: 50 };

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround();
});
afterAll(() => web[Symbol.asyncDispose]());

/** Lines of a service, by numbers. */
function lines(service: string, ...numbers: readonly number[]) {
  return numbers.map((n) => ({ service_name: service, severity: 'info', payload: `${service} line ${n}.` }));
}

/** The streams that the server has open. */
async function streams(): Promise<number> {
  const numbers = await (await fetch(`${web.url}metrics`)).text();
  return Number(/^lms_tails_open (\d+)$/m.exec(numbers)?.[1]);
}

async function another(page: Page, q: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${web.url}?${new URLSearchParams({ q, live: '1' }).toString()}`);
  return tab;
}

async function isLive(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
}

/** The texts of lines of these services that a page shows. */
async function shown(page: Page): Promise<string[]> {
  const texts = (await page.locator('#lines').innerText()).match(/\w+ line \d+\./g) ?? [];
  return texts.toSorted();
}

function texts(service: string, ...numbers: readonly number[]): string[] {
  return lines(service, ...numbers).map(({ payload }) => payload);
}

/** Makes a page believe that it is hidden, or no longer. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${isHidden ? 'hidden' : 'visible'}' });
    document.dispatchEvent(new Event('visibilitychange'));`);
}

describe('the tabs of a browser', () => {
  it('with different questions have one stream, each sees its own, and closing whoever leads loses and repeats nothing', async () => {
    await web.store(lines('alpha', 1));
    const first = await web.open('?q=service:alpha&live=1');
    await isLive(first);
    const second = await another(first, 'service:beta');
    const third = await another(first, 'line -service:alpha -service:beta');
    await isLive(second);
    await isLive(third);
    await expect.poll(streams, PATIENCE).toBe(1);
    await web.publish([...lines('alpha', 2), ...lines('beta', 1), ...lines('gamma', 1)]);
    await expect.poll(() => shown(first), PATIENCE).toEqual(texts('alpha', 1, 2));
    await expect.poll(() => shown(second), PATIENCE).toEqual(texts('beta', 1));
    await expect.poll(() => shown(third), PATIENCE).toEqual(texts('gamma', 1));
    expect(await streams()).toBe(1);
    await first.close();
    await web.publish([...lines('beta', 2), ...lines('gamma', 2)]);
    await expect.poll(() => shown(second), PATIENCE).toEqual(texts('beta', 1, 2));
    await expect.poll(() => shown(third), PATIENCE).toEqual(texts('gamma', 1, 2));
    await expect.poll(streams, PATIENCE).toBe(1);
  });

  it('have no stream while nobody looks, and what came meanwhile is there when somebody does', async () => {
    const page = await web.open('?q=service:hidden&live=1');
    await isLive(page);
    await setHidden(page, true);
    await expect.poll(streams, PATIENCE).toBe(0);
    await web.publish(lines('hidden', 1));
    await setHidden(page, false);
    await isLive(page);
    await web.publish(lines('hidden', 2));
    await expect.poll(() => shown(page), PATIENCE).toEqual(texts('hidden', 1, 2));
  });
});

it('pauses and goes on by a key, and what came meanwhile is filled in', async () => {
  await web.store(lines('paused', 1));
  const page = await web.open('?q=service:paused&live=1');
  await isLive(page);
  await page.keyboard.press('l');
  await page.getByText('Paused', { exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('live')).toBe(null);
  expect(new URL(page.url()).searchParams.get('at')).not.toBe(null);
  await web.store(lines('paused', 2));
  expect(await shown(page)).toEqual(texts('paused', 1));
  await page.getByRole('button', { name: 'Go on' }).click();
  await isLive(page);
  await expect.poll(() => shown(page), PATIENCE).toEqual(texts('paused', 1, 2));
});

it('a server that restarts under an open page: it says so, connects again, and nothing is missing', async () => {
  await web.store(lines('again', 1));
  const page = await web.open('?q=service:again&live=1', { mayFail: [/Failed to load resource/] });
  await isLive(page);
  await web.publish(lines('again', 2));
  await expect.poll(() => shown(page), PATIENCE).toEqual(texts('again', 1, 2));
  await web.stop();
  await page.getByText('Reconnecting', { exact: true }).waitFor();
  await web.publish(lines('again', 3));
  await web.start();
  // Unless it has tried by itself meanwhile.
  await Promise.race([page.getByRole('button', { name: 'Try now' }).click(), isLive(page)]);
  await isLive(page);
  await web.publish(lines('again', 4));
  await expect.poll(() => shown(page), PATIENCE).toEqual(texts('again', 1, 2, 3, 4));
  await page.getByText(/stored up to \d\d:\d\d:\d\d/).waitFor();
});

describe('who reads', () => {
  const ROOT = 'a-root-token-of-this-test-alone';
  const MAY_FAIL = { mayFail: [/Failed to load resource/] };

  it('signs in once, for all tabs, and out again; the token stays in no address and no storage', async () => {
    await using own = await openWebGround({ ROOT_TOKEN: ROOT });
    await own.store([...lines('shown', 1), ...lines('secret', 1)]);
    const token = await own.token({ services: ['shown'] });
    const page = await own.open('?q=line&since=1h&live=1', MAY_FAIL);
    const other = await page.context().newPage();
    await other.goto(own.url);
    await other.getByLabel('Token').waitFor();
    await page.getByLabel('Token').fill('a wrong one');
    await page.keyboard.press('Enter');
    await page.getByText('There is no such token').waitFor();
    const address = page.url();
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => shown(page), PATIENCE).toEqual(texts('shown', 1));
    expect(page.url()).toBe(address);
    await expect.poll(() => shown(other), PATIENCE).toEqual(texts('shown', 1));
    await isLive(page);
    expect(
      await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])'),
    ).not.toContain(token);
    await page.getByRole('button', { name: 'Who reads: a test' }).click();
    await page.getByRole('dialog').getByText('shown', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await other.getByLabel('Token').waitFor();
  });

  it('who has shown too many wrong tokens hears how long to wait', async () => {
    await using own = await openWebGround({ ROOT_TOKEN: ROOT });
    const headers = { authorization: 'Bearer wrong' };
    for (let n = 0; n < 11; n += 1) await fetch(`${own.url}api/v1/session`, { headers });
    const page = await own.open('', MAY_FAIL);
    await page.getByLabel('Token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText(/Too many wrong tokens came from here. Try again in \d+ s/).waitFor();
  });
});

it('an empty system says how to send the first line, which takes the place of that', async () => {
  await using own = await openWebGround();
  const page = await own.open();
  await page.getByText('There is nothing here yet').waitFor();
  await isLive(page);
  const command = await page.locator('pre').first().innerText();
  expect(command).toContain(`${own.url}api/v1/entries`);
  await run('sh', ['-c', command]);
  await page.getByText('The first line', { exact: true }).waitFor();
  await page.getByText('There is nothing here yet').waitFor({ state: 'detached' });
});
