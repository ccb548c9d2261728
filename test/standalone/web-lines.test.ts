import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebLines } from '../support/web-lines.ts';
import { openWebGround, type WebGround } from '../support/web-page.ts';

/** More than five pages. */
const BURST = 1_100;
const BURST_TIME = '2026-11-25T12:00:00.123456Z';
const DAY_BEFORE = Date.parse('2026-11-24T12:00:00Z');

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround();
  const burst = Array.from({ length: BURST }, (_, n) => ({
    event_id: `b${String(n).padStart(5, '0')}`,
    service_name: 'burst',
    timestamp: BURST_TIME,
    severity: 'info',
    payload: `burst ${n}`,
  }));
  const calm = Array.from({ length: 300 }, (_, n) => ({
    event_id: `c${String(n).padStart(5, '0')}`,
    service_name: 'calm',
    severity: n % 10 === 0 ? 'error' : 'info',
    timestamp: new Date(DAY_BEFORE + n * 1_000).toISOString(),
    payload: n % 3 === 0 ? `calm ${n} ${'and so on '.repeat(n)}`.trim() : `calm ${n}`,
    user: `user ${n}`,
  }));
  await web.store([...burst, ...calm]);
});
afterAll(() => web[Symbol.asyncDispose]());

async function idOf(q: string): Promise<string> {
  const answer = await fetch(`${web.url}api/v1/entries?limit=1&q=${encodeURIComponent(q)}`);
  const page = (await answer.json()) as { entries: { id: string }[] };
  return page.entries[0]!.id;
}

async function openLines(address: string, { height = 800, mayFail = [] as RegExp[] } = {}) {
  const page = await web.open(address, { viewport: { width: 1280, height }, mayFail });
  await page.locator('[data-line]').first().waitFor();
  return { page, lines: new WebLines(page) };
}

describe('lines', () => {
  it('open at the newest, and lead to the oldest and back, day by day', async () => {
    const { page, lines } = await openLines('?q=service:calm&live=0&tz=UTC');
    await lines.waitFor('calm 298');
    expect((await lines.inSight()).at(-1)?.text).toMatch(/^calm 299/);
    await expect.poll(() => page.title()).toBe('20 errors · calm · LMS');
    expect((await lines.scrollToEnd('older', 600)).size).toBe(300);
    await page.getByText('Nothing older.').waitFor();
    await expect.poll(() => page.title()).toBe('30 errors · calm · LMS');
  });

  it('of one microsecond, more than a page of them, are all reached from a link to one of them', async () => {
    const id = await idOf('"burst 550"');
    const { page, lines } = await openLines(`?q=service:burst&tz=UTC&entry=${id}`, { height: 4_000 });
    await lines.waitFor('burst 550');
    await expect
      .poll(async () => Math.abs(((await lines.topOf('burst 550')) ?? 0) - 1_900))
      .toBeLessThan(200);
    expect(await page.locator('[data-line][aria-expanded="true"]').getAttribute('data-line')).toBe(id);
    const seen = await lines.scrollToEnd('older', 3_500);
    for (const each of await lines.scrollToEnd('newer', 3_500)) seen.add(each);
    expect(seen.size).toBe(BURST);
    expect(await page.locator('[data-line]').count()).toBeLessThan(250);
  });

  it('say that a link leads to none, and show what stands around its time', async () => {
    const id = (await idOf('"calm 200"')).replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
    const page = await web.open(`?tz=UTC&entry=${id}`, { mayFail: [/404/] });
    await page.getByText('The line of this link does not exist').waitFor();
    await new WebLines(page).waitFor('calm 200');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('The line of this link does not exist').waitFor({ state: 'detached' });
  });

  it('are moved through, opened and wrapped by keys, and stay in their place', async () => {
    const { page, lines } = await openLines('?q=service:calm&live=0&tz=UTC');
    await lines.waitFor('calm 298');
    await lines.wheel(-2_000);
    const focused = page.locator('[data-line]:focus');
    const focusedId = () => focused.getAttribute('data-line', { timeout: 20_000 });
    await page.keyboard.press('j');
    const ids = await lines.ids();
    const id = ids[ids.indexOf((await focusedId()) ?? '') - 3];
    for (const key of ['k', 'ArrowUp', 'k']) await page.keyboard.press(key);
    await expect.poll(focusedId, { timeout: 20_000 }).toBe(id);
    const top = async () => Math.round((await focused.boundingBox())?.y ?? NaN);
    const before = await top();
    for (const pressed of ['true', 'false']) {
      await page.keyboard.press('w');
      await page.locator(`button[aria-pressed="${pressed}"][aria-label="Wrap long lines"]`).waitFor();
      await expect.poll(top).toBe(before);
    }
    await page.keyboard.press('o');
    await page.locator('[data-line][aria-expanded="true"]').waitFor();
    expect(new URL(page.url()).searchParams.get('entry')).toBe(id);
    // As far up as what is opened needs room, and no further.
    expect(await top()).toBeLessThanOrEqual(before);
    await page.keyboard.press('Escape');
    await page.locator('[data-line][aria-expanded="true"]').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('entry')).toBe(false);
    await page.keyboard.press('G');
    await lines.waitFor('calm 298');
  });

  it('are opened by a click, and not by selecting their text', async () => {
    const { page, lines } = await openLines('?q=service:calm&live=0&tz=UTC');
    await lines.waitFor('calm 298');
    const line = page.getByText('calm 298');
    const box = await line.boundingBox();
    if (box === null) throw new Error('it is not in sight');
    await page.mouse.move(box.x + 2, box.y + 9);
    await page.mouse.down();
    await page.mouse.move(box.x + 50, box.y + 9, { steps: 4 });
    await page.mouse.up();
    expect(await page.evaluate('String(getSelection())')).toMatch(/^c?alm/);
    expect(await page.locator('[data-line][aria-expanded="true"]').count()).toBe(0);
    // The first click gives the selection up.
    await page.getByText('calm 296').click();
    await page.locator('[data-line][aria-expanded="true"]').waitFor();
    expect(await page.locator('[data-line][aria-expanded="true"]').textContent()).toContain('calm 296');
  });

  it('stay where they are when one of them is opened, at the end, too, and are not opened beneath a panel', async () => {
    const { page, lines } = await openLines('?q=service:calm&live=0&tz=UTC');
    await lines.waitFor('calm 298');
    const before = await lines.topOf('calm 286');
    await page.getByText('calm 286').click();
    await page.getByRole('table', { name: 'Fields' }).waitFor();
    expect(await lines.topOf('calm 286')).toBe(before);
    // What is typed is meant for the panel, and Escape closes it alone.
    await page.getByRole('button', { name: 'Add a column' }).click();
    await page.getByLabel('Field or tag').and(page.locator(':focus')).waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).focus();
    await page.keyboard.press('Escape');
    await page.getByLabel('Field or tag').waitFor({ state: 'hidden' });
    expect(await page.locator('[data-line][aria-expanded="true"]').count()).toBe(1);
  });

  it('have the columns of the address, tags by their names, and can be given others', async () => {
    const { page } = await openLines('?q="calm 299"&live=0&tz=UTC&cols=severity,user');
    await page.locator('[data-line]', { hasText: 'user 299' }).waitFor();
    await page.getByRole('button', { name: 'Column user' }).click();
    await page.getByRole('button', { name: 'Remove' }).filter({ visible: true }).click();
    await page.locator('[data-line]', { hasText: 'user 299' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('cols')).toBe('severity');
  });

  it('say at their end what went wrong there, and can be tried again', async () => {
    const { page, lines } = await openLines('?q=service:calm&live=0&tz=UTC', { mayFail: [/ERR_FAILED/] });
    await lines.waitFor('calm 298');
    await page.route(/api\/v1\/entries\?.*cursor/, (route) => route.abort());
    await lines.wheel(-20_000);
    const edge = page.locator('[data-side="older"]');
    await edge.getByText('Older lines could not be loaded.').waitFor();
    expect(await page.locator('[data-line]').count()).toBeGreaterThan(20);
    await page.unroute(/api\/v1\/entries\?.*cursor/);
    await edge.getByRole('button', { name: 'Try again' }).click();
    expect((await lines.scrollToEnd('older', 600)).size).toBeGreaterThan(100);
  });

  it('that nothing matches offer a longer time', async () => {
    const page = await web.open('?q=service:calm&since=1h&tz=UTC');
    await page.getByText(/^Nothing matches since /).waitFor();
    await page.getByRole('button', { name: 'Search all time' }).click();
    await new WebLines(page).waitFor('calm 298');
    await page.goBack();
    await page.getByText(/^Nothing matches since /).waitFor();
  });
});

describe('lines that come by themselves', () => {
  it('move nothing of what is read, whether they come above it, within it or below, and are counted', async () => {
    const service = 'flow';
    const start = Date.now() - 600_000;
    const at = (n: number) => new Date(start + n * 1_000).toISOString();
    const line = (payload: string, n: number) => ({
      service_name: service,
      severity: 'info',
      timestamp: at(n),
      payload,
    });
    await web.store(Array.from({ length: 150 }, (_, n) => line(`flow ${n}`, n)));
    const { page, lines } = await openLines(`?q=service:${service}&tz=UTC`);
    await lines.waitFor('flow 149');
    await page.locator('[data-state="on"]').waitFor();
    await lines.wheel(-1_500);
    const [first] = await lines.inSight();
    if (first === undefined) throw new Error('nothing is in sight');
    const n = Number(first.text.slice('flow '.length));
    await web.publish([
      ...Array.from({ length: 20 }, () => line('above', n - 1.5)),
      line('within', n + 2.5),
      ...Array.from({ length: 7 }, () => line('below', 200)),
    ]);
    const within = await lines.waitFor('within');
    await page.getByRole('button', { name: /7 new|newest/i }).waitFor();
    expect(await lines.topOf(first.text)).toBe(first.top);
    expect(within).toBe(first.top + 3 * 24);
    await lines.wheel(-100);
    expect(await lines.topOf('above')).toBeDefined();
    await page.keyboard.press('G');
    await lines.waitFor('below');
  });

  it('are followed by thousands, of which as many are in the document as are in sight', async () => {
    const { page, lines } = await openLines('?q=service:calm OR service:flood&tz=UTC');
    await page.locator('[data-state="on"]').waitFor();
    for (let batch = 0; batch < 10; batch++) {
      await web.publish(
        Array.from({ length: 400 }, (_, n) => ({
          service_name: 'flood',
          severity: 'info',
          timestamp: new Date().toISOString(),
          payload: `flood ${batch} ${n}`,
        })),
      );
      expect(await page.locator('[data-line]').count()).toBeLessThan(80);
    }
    await web.publish([
      {
        service_name: 'flood',
        severity: 'info',
        timestamp: new Date(Date.now() + 1_000).toISOString(),
        payload: 'the last',
      },
    ]);
    await lines.waitFor('the last');
    expect((await lines.inSight()).at(-1)?.text).toBe('the last');
  });
});
