import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { type ScriptedServer, startScripted } from '../packages/client/scripted-server.ts';
import { openBrowser } from '../support/browser.ts';
import { openServed, type Served, TOKEN } from '../support/served.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const BUILT = new URL('../../packages/client/dist/index.js', import.meta.url);

let browser: Browser;
let site: ScriptedServer;
let served: Served;

/** A page of somebody else's has the client as it is built, and a server that such pages may ask. */
beforeAll(async () => {
  const source = await readFile(BUILT);
  site = await startScripted((response, { url }) => {
    const isScript = url === '/lms-client.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? source : '<!doctype html><title>A page</title>');
  });
  [browser, served] = await Promise.all([
    openBrowser(),
    openServed(inject('emulatorHost'), { corsOrigins: site.url }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await served[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

async function newPage(url: string): Promise<Page> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(url);
  return page;
}

/** Runs the body of an async function in a page, where `lms` is a client of a server. */
function inPage(page: Page, body: string): Promise<unknown> {
  const head = `const { LmsClient, LmsProblem } = await import('/lms-client.js');
    const lms = new LmsClient('${served.url}', { token: '${TOKEN}' });`;
  return page.evaluate(`(async () => { ${head} ${body} })()`);
}

it('the client does in Chromium, from a page of another origin, what it does in Node', async () => {
  const page = await newPage(site.url);
  const sent = await inPage(
    page,
    `const entries = Array.from({ length: 5 }, (_none, n) => ({
       service_name: 'shop', severity: 'info', payload: 'order ' + n, n, event_id: 'e' + n, timestamp: new Date(1.7e12 + n),
     }));
     const found = lms.waitFor('n:3', { since: '2023-01-01' });
     const { accepted, isStored } = await lms.send(entries, { waitSeconds: 20 });
     return { accepted, isStored, found: (await found).payload };`,
  );
  expect(sent).toEqual({ accepted: 5, isStored: true, found: 'order 3' });
  const read = await inPage(
    page,
    `const texts = [];
     for await (const page of lms.pages({ limit: 2, order: 'oldest' })) texts.push(page.entries.map((each) => each.payload));
     const { count } = await lms.count({ q: 'service:shop' });
     const [{ errors }] = (await lms.services()).services;
     const { confirm } = await lms.delete({ q: 'n:4' });
     return { texts, count, errors, deleted: await lms.delete({ q: 'n:4', confirm }) };`,
  );
  expect(read).toEqual({
    texts: [['order 0', 'order 1'], ['order 2', 'order 3'], ['order 4']],
    count: 5,
    errors: 0,
    deleted: { deleted: 1 },
  });
  const failed = await inPage(
    page,
    `const problem = await lms.entries({ q: 'severity>=wran' }).catch((error) => error);
     const unreachable = await new LmsClient('http://127.0.0.1:1').count().catch((error) => error);
     const ending = new AbortController();
     const next = lms.tail({}, { signal: ending.signal }).next();
     ending.abort('enough');
     return [problem instanceof LmsProblem, problem.code, problem.details.at, unreachable.code, await next.catch((reason) => reason)];`,
  );
  expect(failed).toEqual([true, 'EXPRESSION', 10, 'SERVER_UNREACHABLE', 'enough']);
});

it('a tail in Chromium has each entry once in the end, and an EventSource goes on, though the server was killed', async () => {
  const q = 'service:bakery';
  const line = (n: number) => ({
    ...{ service_name: 'bakery', severity: 'info', payload: String(n) },
    timestamp: new Date().toISOString(),
  });
  const [page, own] = [await newPage(site.url), await newPage(served.url)];
  await inPage(page, following(q));
  await own.evaluate(listening(q));
  const until = (where: Page, condition: string) =>
    expect.poll(() => where.evaluate(condition), PATIENCE).toBe(true);
  await until(own, `kinds.includes('heartbeat')`);
  await served.publish([1, 2].map(line));
  await until(page, 'seen.length >= 2');
  await until(own, 'seen.length >= 2');
  await served.kill();
  await served.publish([3, 4].map(line));
  await until(page, `notes.includes('reconnecting')`);
  await served.restart();
  await until(page, `notes.includes('reconnected')`);
  await until(own, `kinds.includes('gap') && source.readyState === EventSource.OPEN`);
  await served.publish([5, 6].map(line));
  await until(page, 'seen.length >= 6');
  expect(await page.evaluate('seen.toSorted()')).toEqual(['1', '2', '3', '4', '5', '6']);
  // Pub/Sub delivers what is published at once in any order.
  await until(own, `seen.includes('5') && seen.includes('6')`);
  expect(await own.evaluate(`seen.filter((text) => text !== '3' && text !== '4').toSorted()`)).toEqual([
    '1',
    '2',
    '5',
    '6',
  ]);
  expect(await own.evaluate(`ids.every((id) => id.split('.').length >= 4)`)).toBe(true);
});

/** Of the client, into `seen` and `notes`. */
function following(q: string): string {
  return `globalThis.seen = []; globalThis.notes = [];
    const tail = lms.tail({ q: '${q}', since: '1m' }, { onNote: ({ kind }) => notes.push(kind) });
    void (async () => { for await (const { payload } of tail) seen.push(payload); })();`;
}

/** Of the browser itself, with the session of a page of the server, into `seen`, `kinds` and `ids`. */
function listening(q: string): string {
  return `(async () => {
    const headers = { authorization: 'Bearer ${TOKEN}' };
    await fetch('/api/v1/session', { method: 'POST', headers });
    globalThis.seen = []; globalThis.kinds = []; globalThis.ids = [];
    globalThis.source = new EventSource('/api/v1/tail?q=${q}');
    for (const kind of ['entry', 'gap', 'heartbeat'])
      source.addEventListener(kind, ({ data, lastEventId }) => {
        kinds.push(kind);
        ids.push(lastEventId);
        if (kind === 'entry') seen.push(JSON.parse(data).payload);
      });
  })()`;
}
