import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  box,
  expectQuestion,
  fields,
  MINUTE_MS,
  openQuestionGround,
  parameter,
  PATIENCE,
  type QuestionGround,
  shownLines,
} from '../support/question-page.ts';

let web: QuestionGround;
let open: QuestionGround['open'];

beforeAll(async () => {
  web = await openQuestionGround();
  open = (address, options) => web.open(address, options);
}, 60_000);
afterAll(() => web[Symbol.asyncDispose]());

describe('an expression', () => {
  it('completes names and values with counts by keyboard, and is asked', async () => {
    const page = await open('?since=1h');
    await page.getByText('line 20').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('serv');
    await page.getByRole('option', { name: 'service:' }).waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => box(page).inputValue()).toBe('service:');
    await expect
      .poll(() => page.getByRole('option').allTextContents(), PATIENCE)
      .toEqual(['=shop6', '=shop-eu4', '=billing1']);
    await page.keyboard.type('shop-');
    await expect.poll(() => page.getByRole('option').allTextContents(), PATIENCE).toEqual(['=shop-eu4']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectQuestion(page, 'service:shop-eu');
    // Of what is found so far alone.
    await page.keyboard.type('co');
    await page.getByRole('option', { name: 'code:' }).waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.getByRole('option').allTextContents(), PATIENCE).toEqual(['=4044']);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('option').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await box(page).evaluate((element) => element === document.activeElement)).toBe(false);
  });

  it('is marked where it is wrong, and what was found stays', async () => {
    const page = await open('?since=1h', { mayFail: [/400/] });
    await page.getByText('line 20').first().waitFor();
    const scripts = () =>
      page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => name)
          .join(' '),
      );
    expect(await scripts()).not.toContain('parsing');
    await box(page).fill('billing severity>=wran');
    await page.locator('mark', { hasText: 'wran' }).waitFor();
    await page.keyboard.press('Enter');
    expect(await box(page).getAttribute('aria-invalid')).toBe('true');
    const described = await box(page).getAttribute('aria-describedby');
    expect(await page.locator(`id=${String(described)}`).textContent()).toBe(
      'There is no such severity. Expected one of debug, info, warn, error, fatal.',
    );
    expect(parameter(page, 'q')).toBeNull();
    // What reads it came when it was needed.
    expect(await scripts()).toContain('parsing');
    expect(await page.getByText('line 20').count()).toBeGreaterThan(0);
    await box(page).fill('severity>=error');
    await page.keyboard.press('Enter');
    await expectQuestion(page, 'severity>=error');
    expect(await box(page).getAttribute('aria-invalid')).toBe('false');
  });

  it('that the address has wrong is marked by what the server says', async () => {
    const page = await open('?q=a%20%22b', { mayFail: [/400/] });
    await page.locator('mark', { hasText: '"' }).waitFor();
    await page.getByText('This quotation mark is never closed.').first().waitFor();
  });

  it('is written and asked whatever becomes of completion', async () => {
    const page = await open('?since=1h', { mayFail: [/500/] });
    await page.getByText('line 20').first().waitFor();
    await page.route('**/api/v1/values?*', (route) => route.fulfill({ status: 500, body: 'broken' }));
    await box(page).click();
    await page.keyboard.type('s');
    await page.getByRole('option', { name: 'service:' }).waitFor();
    await page.keyboard.type('ervice:billing');
    await page.keyboard.press('Enter');
    await expectQuestion(page, 'service:billing');
    expect(await box(page).inputValue()).toBe('service:billing');
    // What was asked before is offered again.
    await page.getByRole('button', { name: 'Clear the expression' }).click();
    await expectQuestion(page, null);
    await box(page).click();
    await page.getByRole('option', { name: 'service:billing' }).click();
    await expectQuestion(page, 'service:billing');
  });
});

describe('times', () => {
  it('climb a ladder and are shifted by keys, and Back undoes each step', async () => {
    const page = await open('?since=1h');
    await page.getByText('line 20').first().waitFor();
    expect(await page.getByText('two hours ago').count()).toBe(0);
    await page.keyboard.press('-');
    await vi.waitFor(() => expect(parameter(page, 'since')).toBe('6h'), PATIENCE);
    await page.getByText('two hours ago').first().waitFor();
    await page.keyboard.press('[');
    await vi.waitFor(() => expect(parameter(page, 'until')).not.toBeNull(), PATIENCE);
    const [since, until] = ['since', 'until'].map((name) => Date.parse(parameter(page, name) ?? ''));
    expect(((until ?? 0) - (since ?? 0)) / MINUTE_MS).toBeCloseTo(360, 0);
    await page.goBack();
    await vi.waitFor(() => expect(parameter(page, 'since')).toBe('6h'), PATIENCE);
    await page.keyboard.press('+');
    await vi.waitFor(() => expect(parameter(page, 'since')).toBe('1h'), PATIENCE);
    await page.goBack();
    await page.goBack();
    await vi.waitFor(() => expect(parameter(page, 'since')).toBe('1h'), PATIENCE);
  });

  it('are typed as the server reads them, and wrong where they are wrong', async () => {
    const page = await open('?tz=UTC');
    await page.getByRole('button', { name: /^(?:All time|From – to) / }).click();
    const from = page.getByLabel('From', { exact: true });
    await from.fill('25:00');
    await page.keyboard.press('Enter');
    await page.getByText('There is no such time.').waitFor();
    expect(await from.getAttribute('aria-invalid')).toBe('true');
    expect(parameter(page, 'since')).toBeNull();
    await page.getByLabel('Zone', { exact: true }).last().fill('Asia/Kathmandu');
    await page.keyboard.press('Tab');
    await vi.waitFor(() => expect(parameter(page, 'tz')).toBe('Asia/Kathmandu'), PATIENCE);
    await from.fill('2026-11-01T12:00');
    await page.getByLabel('To', { exact: true }).fill('2026-11-01 13:00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await vi.waitFor(() => expect(parameter(page, 'since')).toBe('2026-11-01T12:00'), PATIENCE);
    const button = page.getByRole('button', { name: /^(?:All time|From – to) / });
    await expect
      .poll(() => button.textContent(), PATIENCE)
      .toContain('2026-11-01 12:00:00 – 13:00:01 Asia/Kathmandu');
  });

  it('that the address has wrong are wrong beside the picker', async () => {
    const page = await open('?since=whenever', { mayFail: [/400/] });
    await page.getByText('This is no time.').first().waitFor();
  });

  it('measured earlier say so, and are measured from now by a click', async () => {
    const page = await open('?since=1h&at=2026-11-25T14:05:00.000Z&tz=UTC');
    await page.getByText('as of 2026-11-25 14:05').waitFor();
    await page.getByRole('button', { name: 'now', exact: true }).click();
    await page.getByText('as of').waitFor({ state: 'detached' });
    expect(Date.parse(parameter(page, 'at') ?? '')).toBeGreaterThan(Date.now() - MINUTE_MS);
  });
});

describe('facets', () => {
  it('add by a click, leave out with Alt, and leave out all others; what is asked stands on top', async () => {
    const page = await open('?since=1h&cols=service,code');
    const value = (name: string | RegExp) => fields(page).getByRole('button', { name });
    await value(/^billing\s*1$/).click();
    await expectQuestion(page, 'service:billing');
    await value(/^shop\s*6$/).click();
    await expectQuestion(page, 'service:(billing OR shop)');
    const service = fields(page).getByRole('region', { name: 'Values of service' });
    await expect.poll(() => service.getByRole('listitem').first().textContent()).toContain('billing');
    await value(/^500\s*1$/).click({ modifiers: ['Alt'] });
    await expectQuestion(page, 'service:(billing OR shop) -code:500');
    // Shown where the pointer is; a list that is just put in another order is waited for.
    await value(/^shop-eu\s*4$/).hover();
    await value('Only shop-eu').click();
    await expectQuestion(page, '-code:500 service:shop-eu');
    await value(/^shop-eu\s*4$/).click();
    await expectQuestion(page, '-code:500');
    await page.goBack();
    await expectQuestion(page, '-code:500 service:shop-eu');
    expect(await box(page).inputValue()).toBe('-code:500 service:shop-eu');
  });

  it('ask for nothing as long as they are closed, or there is no room for them', async () => {
    const page = await open('?since=1h', { viewport: { width: 600, height: 800 } });
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.endsWith('/values')) asked.push(searchParams.get('field') ?? '');
    });
    await page.reload();
    await page.getByText('line 20').first().waitFor();
    expect(asked).toEqual([]);
    await page.getByRole('button', { name: 'Fields' }).click();
    await fields(page)
      .getByRole('button', { name: /^shop\s*6$/ })
      .waitFor();
    const region = fields(page).getByRole('button', { name: 'region' });
    await region.waitFor();
    expect(asked.toSorted()).toEqual(['service', 'severity', 'tags']);
    await region.click();
    await fields(page)
      .getByRole('button', { name: /^eu\s*1$/ })
      .waitFor();
    expect(asked).toContain('tags.region');
  });

  it('fail each by itself', async () => {
    const page = await open('?since=1h', { mayFail: [/500/] });
    await page.route('**/api/v1/values?field=service*', (route) =>
      route.fulfill({ status: 500, body: 'broken' }),
    );
    await page.reload();
    const failed = fields(page).getByRole('region', { name: 'Values of service' });
    await failed.getByRole('alert').waitFor();
    await fields(page)
      .getByRole('button', { name: /^warn\s*4$/ })
      .waitFor();
    await page.unroute('**/api/v1/values?field=service*');
    await failed.getByRole('button', { name: 'Try again' }).click();
    await fields(page)
      .getByRole('button', { name: /^shop\s*6$/ })
      .waitFor();
  });
});

describe('what is asked', () => {
  it('is saved under a name, opened by another browser, and deleted', async () => {
    const page = await open('?q=severity%3E%3Derror&since=6h');
    await page.getByRole('button', { name: 'Saved', exact: true }).click();
    await page.getByLabel('Name of this search').fill('Bad things');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Delete Bad things' }).waitFor();

    const other = await open('?since=1h');
    await other.getByRole('button', { name: 'Saved', exact: true }).click();
    await other.getByRole('button', { name: /^Bad things/ }).click();
    await expectQuestion(other, 'severity>=error');
    expect(parameter(other, 'since')).toBe('6h');

    await page.getByRole('button', { name: 'Delete Bad things' }).click();
    await page.getByRole('button', { name: 'Really delete' }).click();
    await page.getByText('None yet.').waitFor();
  });

  it('is not saved by whoever may read alone, and he is told', async () => {
    const token = await web.token({ scopes: ['read'] });
    const page = await open('?since=1h', { token, mayFail: [/403/] });
    await page.getByRole('button', { name: 'Saved', exact: true }).click();
    await page.getByLabel('Name of this search').fill('mine');
    await page.keyboard.press('Enter');
    await page.getByText('that takes one with the scope “write”').waitFor();
  });

  it('is opened elsewhere by a link to exactly these times, with the same lines', async () => {
    const page = await open('?since=1h&tz=Europe%2FBerlin', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByText('line 20').first().waitFor();
    const copied = async (name: RegExp) => {
      await page.evaluate(() => navigator.clipboard.writeText(''));
      await page.getByRole('button', { name: 'Copy link' }).click();
      await page.getByRole('menuitem', { name }).click();
      const link = () => page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(link, PATIENCE).not.toBe('');
      return link();
    };
    const before = await shownLines(page);
    const exact = await copied(/exactly/);
    await web.store([{ service_name: 'shop', payload: 'line 99', severity: 'info' }]);
    await page.getByText('line 99').first().waitFor();

    const other = await open(exact);
    await other.getByText('line 20').first().waitFor();
    expect(await shownLines(other)).toEqual(before);
    expect(parameter(other, 'tz')).toBe('Europe/Berlin');

    const again = await open(await copied(/anew/));
    await again.getByText('line 99').first().waitFor();
    expect(parameter(again, 'since')).toBe('1h');
  });
});
