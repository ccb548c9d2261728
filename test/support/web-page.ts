import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/config/sources.ts';
import { openBrowser } from './browser.ts';
import { startWebServer, type WebServer } from './web-server.ts';

const BUILT = new URL('../../dist/web/index.html', import.meta.url);
/** Longer than anything takes on a machine with much to do. */
const TIMEOUT_MS = 20_000;

/** The page of a server in this process, in a browser: one of each for the tests of a file. */
export interface WebGround extends WebServer {
  readonly browser: Browser;
  /** Opens the page in a window of its own, with cookies of its own, for the running test. */
  open(address?: string, options?: Opening): Promise<Page>;
}

/** How a page is opened. */
export interface Opening extends Pick<
  BrowserContextOptions,
  'viewport' | 'colorScheme' | 'reducedMotion' | 'timezoneId' | 'hasTouch' | 'permissions'
> {
  /** Signed in with it. */
  readonly token?: string;
  /** Where the page is, if that is not the server itself. */
  readonly base?: string;
  /** What the console may complain of: a browser reports every answer that is a problem, as this test makes some. */
  readonly mayFail?: readonly RegExp[];
}

/** Starts server and browser; `env` changes settings of the server. */
export async function openWebGround(env: Environment = {}): Promise<WebGround> {
  if (!existsSync(BUILT)) throw new Error('The page was not built: make build');
  const [server, browser] = await Promise.all([startWebServer(env), openBrowser()]);
  return {
    ...server,
    browser,
    async open(address = '', options = {}) {
      const base = options.base ?? server.url;
      const context = await openContext(browser, base, options);
      const page = await context.newPage();
      await page.goto(new URL(address, base).href);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function openContext(
  browser: Browser,
  base: string,
  { token, mayFail = [], base: _base, ...options }: Opening,
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  if (token !== undefined) {
    const { origin } = new URL(base);
    await context.addCookies([{ name: 'lms-session', value: token, url: origin, sameSite: 'Strict' }]);
  }
  const faults = await watchFaults(context, base, mayFail);
  onTestFinished(async () => {
    await context.close();
    if (faults.length > 0) throw new Error(`The page is at fault:\n${faults.join('\n')}`);
  });
  return context;
}

/** Whatever no page may do: errors, also those that it catches and prints, and what asks another host. */
async function watchFaults(
  context: BrowserContext,
  base: string,
  mayFail: readonly RegExp[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const { origin } = new URL(base);
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
       console.error('against the policy: ' + violatedDirective + ' ' + blockedURI))`,
  );
  context.on('console', (message) => {
    const said = `${message.text()} (${message.location().url})`;
    if (message.type() === 'error' && !mayFail.some((pattern) => pattern.test(said))) faults.push(said);
  });
  context.on('weberror', (error) => {
    faults.push(error.error().stack ?? String(error.error()));
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isOwn = ['data:', 'blob:'].includes(url.protocol) || url.origin === origin;
    if (!isOwn) faults.push(`asked another host: ${url.href}`);
  });
  return faults;
}
