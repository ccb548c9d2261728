import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOST_ORDER, shopEntries } from '../support/shop.ts';
import { openWebGround, type WebGround } from '../support/web-page.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const SINCE = '?since=2h&tz=UTC';
/** Nothing that comes moves the bars. */
const PAUSED = `${SINCE}&live=0`;
const STACK = 'at Ledger.post (/srv/payments/ledger.js:42:11)';

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround();
  const lines = shopEntries(Date.now()).map(({ timestamp, ...line }) => ({
    ...line,
    timestamp: new Date(timestamp ?? 0).toISOString(),
  }));
  await web.store(lines);
});
afterAll(() => web[Symbol.asyncDispose]());

const log = (page: Page) => page.getByRole('log');
const expression = (page: Page) => page.getByRole('combobox').first();

async function ask(page: Page, question: string): Promise<void> {
  await expression(page).fill(question);
  await expression(page).press('Enter');
}

describe('somebody is called about an order', () => {
  it('finds its error, sees where it was thrown, and what came before', async () => {
    const page = await web.open(SINCE);
    await ask(page, `${LOST_ORDER} severity:error`);
    const line = log(page).getByText('PaymentError: the ledger answered 503').first();
    await line.click();
    await page.getByText(STACK).last().waitFor();
    await page.getByRole('button', { name: 'Context' }).click();
    await page.getByText(`ledger does not answer for ${LOST_ORDER}`).first().waitFor();
  });

  it('sends a link, which opens the same line in another browser', async () => {
    const page = await web.open(SINCE, { permissions: ['clipboard-read', 'clipboard-write'] });
    await ask(page, `${LOST_ORDER} severity:error`);
    await log(page).getByText('PaymentError: the ledger answered 503').first().click();
    await log(page).getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate('navigator.clipboard.readText()');
    const other = await web.open(String(link));
    await other.getByText(STACK).last().waitFor();
    expect(await expression(other).inputValue()).toBe(`${LOST_ORDER} severity:error`);
  });
});

describe('the histogram', () => {
  it('zooms into what is dragged over, and Back undoes it', async () => {
    const page = await web.open(PAUSED);
    const bars = page.getByRole('application');
    await bars.locator('canvas').waitFor();
    const before = await page.evaluate('location.search');
    const box = await bars.locator('.u-over').boundingBox();
    if (box === null) throw new Error('there are no bars');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.8, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/until=/);
    expect(new URL(page.url()).searchParams.get('until')).toMatch(/Z$/);
    await page.goBack();
    expect(await page.evaluate('location.search')).toBe(before);
    await page.getByText(/^1,5\d\d lines$/).waitFor();
  });

  it('is gone through with arrow keys, tells of each bar, and zooms with Enter', async () => {
    const page = await web.open(PAUSED);
    const bars = page.getByRole('application');
    await bars.locator('canvas').waitFor();
    await bars.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.getByRole('status').filter({ hasText: 'lines' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/until=/);
    await bars.focus();
    await page.keyboard.press('Backspace');
    await page.waitForURL((url) => !url.searchParams.has('until'));
  });

  it('has its numbers in a table, too', async () => {
    const page = await web.open(PAUSED);
    const table = page.getByRole('table', { name: 'Lines over time' });
    await expect.poll(() => table.getByRole('row').count(), PATIENCE).toBeGreaterThan(10);
  });
});

it('can be used by keyboard alone: ask, go through lines, open, close, see the keys', async () => {
  const page = await web.open(SINCE);
  await log(page).getByText('ms').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(LOST_ORDER);
  await page.keyboard.press('Enter');
  await log(page).getByText('cart of grace becomes').first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('o');
  await page.getByRole('button', { name: 'Context' }).waitFor();
  expect(new URL(page.url()).searchParams.get('entry')).not.toBeNull();
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('entry'));
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Keys').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

describe.each(['light', 'dark'] as const)('in a %s theme, nothing keeps anybody out', (colorScheme) => {
  it.each([
    ['lines', SINCE, /^POST \/checkout/],
    ['nothing that matches', `${SINCE}&q=nobody-logs-this`, /^Nothing matches/],
    ['a mistake in the question', `${SINCE}&q=severity:`, /mistake/],
  ])('%s', async (_what, address, shown) => {
    const page = await web.open(address, { colorScheme, mayFail: [/400/] });
    await page.getByText(shown).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('a line that is open, and its menu', async () => {
    const page = await web.open(`${SINCE}&q=PaymentError`, { colorScheme });
    await log(page).getByText('PaymentError').first().click();
    await page.getByText(STACK).last().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page
      .getByRole('button', { name: /^order: / })
      .first()
      .click();
    expect(await violationsOf(page)).toEqual([]);
  });
});

/** What the rules of WCAG 2.2 AA find, by name and place. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(' ')}`));
}
