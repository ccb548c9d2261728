import type { Locator, Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { openWebGround, type WebGround } from './web-page.ts';
import type { Line } from './web-server.ts';

const ROOT = 'a-root-token-of-this-test-alone';
export const MINUTE_MS = 60_000;
export const PATIENCE = { timeout: 15_000, interval: 20 };

/** A page with some lines of the last minutes and one of two hours ago; whoever opens it may do everything. */
export type QuestionGround = WebGround;

export async function openQuestionGround(): Promise<QuestionGround> {
  const web = await openWebGround({ ROOT_TOKEN: ROOT });
  await web.store(lines(Date.now()));
  return { ...web, open: (address, options) => web.open(address, { token: ROOT, ...options }) };
}

/** Six of shop, four of shop-eu and one of billing; another one long before. */
function lines(nowMs: number): readonly Line[] {
  const line = (index: number, agoMs: number, others: object): Line => ({
    timestamp: new Date(nowMs - agoMs).toISOString(),
    severity: 'info',
    payload: `line ${String(index)}`,
    ...others,
  });
  return [
    ...Array.from({ length: 6 }, (_, index) =>
      line(index, MINUTE_MS + index * 1_000, { service_name: 'shop', tags: { code: 200, user: 'Ann Lee' } }),
    ),
    ...Array.from({ length: 4 }, (_, index) =>
      line(10 + index, 2 * MINUTE_MS, { service_name: 'shop-eu', severity: 'warn', tags: { code: 404 } }),
    ),
    line(20, 3 * MINUTE_MS, {
      service_name: 'billing',
      severity: 'error',
      tags: { code: 500, region: 'eu' },
    }),
    line(30, 120 * MINUTE_MS, { service_name: 'billing', payload: 'two hours ago' }),
  ];
}

/** Where the expression is written. */
export function box(page: Page): Locator {
  return page.getByRole('combobox', { name: 'Expression' });
}

/** The facets. */
export function fields(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Fields' });
}

/** What the address says. */
export function parameter(page: Page, name: string): string | null {
  return new URL(page.url()).searchParams.get(name);
}

/** Waits until the address asks this. */
export async function expectQuestion(page: Page, q: string | null): Promise<void> {
  await vi.waitFor(() => {
    expect(parameter(page, 'q')).toBe(q);
  }, PATIENCE);
}

/** The lines that are shown. */
export async function shownLines(page: Page): Promise<readonly string[]> {
  const texts = await page
    .locator('#lines')
    .getByText(/^line \d+$|two hours ago/)
    .allTextContents();
  return [...new Set(texts)].toSorted();
}
