/*
 * Draws the pictures of the page in the docs anew: an hour of a shop, in a server of its own, in this machine's
 * Chromium. `node scripts/page-pictures.ts [folder]`; docs/images if none is named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { LmsClient } from '../packages/client/src/client.ts';
import { openBrowser } from '../test/support/browser.ts';
import { LOST_ORDER, shopEntries } from '../test/support/shop.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(ROOT, 'docs', 'images')] = process.argv.slice(2);
/** Until everything that moves has come to rest. */
const SETTLE_MS = 1_500;

interface Picture {
  readonly name: string;
  readonly address: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

async function drawAll(url: string, lostId: string): Promise<void> {
  const pictures: Picture[] = [
    {
      name: 'page',
      address: `?since=1h&tz=UTC&entry=${lostId}`,
      size: { width: 1280, height: 800 },
      colorScheme: 'light',
    },
    {
      name: 'page-dark',
      address: '?since=1h&tz=UTC',
      size: { width: 1280, height: 800 },
      colorScheme: 'dark',
    },
    {
      name: 'page-phone',
      address: '?since=1h&tz=UTC',
      size: { width: 390, height: 780 },
      colorScheme: 'light',
    },
  ];
  await using browser = await openBrowser();
  for (const picture of pictures) await draw(browser, url, picture);
}

async function draw(
  browser: Browser,
  url: string,
  { name, address, size, colorScheme }: Picture,
): Promise<void> {
  const page = await browser.newPage({ viewport: size, colorScheme });
  await page.goto(new URL(address, url).href);
  await page.getByRole('log').waitFor();
  await delay(SETTLE_MS);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}

/** All of LMS in a process of its own, on free ports and a file that goes with it. */
async function startShop(file: string) {
  const args = ['dev', '--serve-port', '0', '--broker-port', '0', '--file', file, '--log-level', 'warn'];
  const server = spawn(join(ROOT, 'lms'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  let said = '';
  for await (const piece of server.stdout) {
    said += String(piece);
    const url = /http:\/\/\S+?:\d+\//.exec(said)?.[0];
    if (url !== undefined) return { url, server, ended };
  }
  throw new Error(`lms dev did not start: ${said}`);
}

const scratch = await mkdtemp(join(tmpdir(), 'lms-pictures-'));
const { url, server, ended } = await startShop(join(scratch, 'shop.sqlite'));
try {
  await mkdir(folder, { recursive: true });
  const client = new LmsClient(url);
  await client.send(shopEntries(Date.now()));
  const { id } = await client.waitFor(`PaymentError ${LOST_ORDER}`, { since: '2h', timeoutMs: 20_000 });
  await delay(SETTLE_MS);
  await drawAll(url, id);
} finally {
  server.kill('SIGTERM');
  await ended;
  await rm(scratch, { recursive: true });
}
