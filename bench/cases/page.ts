import type { Browser, CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../../test/support/browser.ts';
import { accessLog } from '../access-log.ts';
import type { Database } from '../database.ts';
import { fillTables } from '../fill-tables.ts';
import { type Case, type Sample, spread } from '../sample.ts';
import { startLiveServe, startServe } from '../serve-process.ts';
import type { Stage } from '../stage.ts';
import { publishSteadily } from '../steady-messages.ts';

const GROUP = 'page';
const OPENINGS = 10;
const SIZE = { width: 1280, height: 800 };
const RATE_PER_SECOND = 2_000;
const WARM_UP_SECONDS = 3;

/** The page in this machine's Chromium, which draws in software: how soon it is there, how smoothly it goes on. */
export function pageCases(
  stage: Stage,
  { rows, seconds }: { readonly rows: number; readonly seconds: number },
): Case[] {
  let filled: Promise<Database> | undefined;
  const database = () => (filled ??= fill(stage, rows));
  return [
    {
      group: GROUP,
      name: `the page on ${rows.toLocaleString('en-US')} rows: opened until lines are there`,
      unit: 'ms',
      against: [],
      targets: [{ column: 'p99Ms', atMost: 1_000 }],
      run: async () => opened(stage, await database()),
    },
    {
      group: GROUP,
      name: `the page, ${RATE_PER_SECOND.toLocaleString('en-US')} lines a second: from frame to frame`,
      unit: 'messages/s',
      against: [],
      targets: [
        { column: 'p50Ms', atMost: 17 },
        { column: 'peakRssMb', atMost: 100 },
      ],
      run: () => streamed(stage, seconds),
    },
  ];
}

async function fill(stage: Stage, rows: number): Promise<Database> {
  const database = await stage.database.fresh();
  await fillTables(database, rows, accessLog);
  await database.requireRows(rows);
  return database;
}

/** A window of its own each time, with nothing that it has kept. */
async function opened(stage: Stage, database: Database): Promise<Sample> {
  const server = await startServe(stage, { DATABASE_URL: database.url, LMS_TAIL: 'off' });
  const browser = await openBrowser();
  const times: number[] = [];
  for (let nth = 0; nth <= OPENINGS; nth += 1) {
    const context = await browser.newContext({ viewport: SIZE });
    const page = await context.newPage();
    const startMs = performance.now();
    await page.goto(server.url);
    await page.getByRole('log').getByText('GET').first().waitFor();
    // The first opening is that of server and browser themselves.
    if (nth > 0) times.push(performance.now() - startMs);
    await context.close();
  }
  await browser.close();
  await server.stop();
  const { median, most } = spread(times);
  return { value: median, p50Ms: median, p99Ms: most };
}

/** Follows what is published. Memory is what its scripts hold at the end. */
async function streamed(stage: Stage, seconds: number): Promise<Sample> {
  const server = await startLiveServe(stage);
  const browser = await openBrowser();
  const page = await openLive(browser, server.url);
  await publishSteadily(server.clients, RATE_PER_SECOND, WARM_UP_SECONDS);
  await page.getByRole('log').getByText('orders').first().waitFor();
  const frames = watchFrames(page, seconds);
  const published = await publishSteadily(server.clients, RATE_PER_SECOND, seconds);
  const gaps = (await frames).toSorted((one, other) => one - other);
  const peakRssBytes = await heapOf(await page.context().newCDPSession(page));
  await browser.close();
  await server.end();
  const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? NaN;
  return { value: published / seconds, p50Ms: at(0.5), p99Ms: at(0.99), peakRssBytes };
}

async function openLive(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(url);
  await page.getByRole('log').waitFor();
  return page;
}

/** The milliseconds between the frames of so many seconds. */
async function watchFrames(page: Page, seconds: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = [];
    let last;
    const end = performance.now() + ${seconds * 1_000};
    const frame = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      if (performance.now() < end) requestAnimationFrame(frame);
      else resolve(gaps);
    };
    requestAnimationFrame(frame);
  })`);
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
