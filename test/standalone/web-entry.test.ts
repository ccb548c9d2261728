import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebGround, type WebGround } from '../support/web-page.ts';

const AT = '2026-11-25T14:00:';
/** Would each do something, if any of it were taken for more than text. */
const HOSTILE = `<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>"'><a href="javascript:hacked()">x</a>\u202e`;
const SHOWN_HOSTILE = HOSTILE.replace('\u202e', String.raw`\u202e`);
const STACK = 'TypeError: no order\n    at pay (/srv/pay.js:1:2)\n    at run (/srv/run.js:3:4)';
const JSON_TEXT = `paid {"id":12345678901234567890,"user":{"name":"Ann"},"trace":"Error: x\\n    at a (b.js:1:2)"}`;
const HUGE = `the huge one ${'y'.repeat(1_400_000)}`;
/** With a number that no double holds. */
const TAGS = {
  big: JSON.rawJSON('9007199254740993'),
  order: 'o-1',
  user: { name: 'Ann' },
  trace_id: '4bf9/2f',
};
const LINES = [
  { service_name: 'shop', severity: 'info', payload: 'before it' },
  { service_name: 'shop', severity: 'error', payload: STACK, ...TAGS },
  { service_name: 'other', severity: 'info', payload: 'after it' },
  { service_name: 'shop', severity: 'info', payload: JSON_TEXT },
  { service_name: 'shop', severity: 'warn', payload: '\u001b[31mred\u001b[0m and \u001b[2Jplain' },
  { service_name: 'shop', severity: 'info', payload: HUGE },
  {
    service_name: `<img src=x onerror="globalThis.hacked=1"><b>\u202e`,
    severity: 'fatal',
    payload: HOSTILE,
    [HOSTILE]: HOSTILE,
    list: [HOSTILE],
  },
].map((line, n) => ({ ...line, event_id: `e${String(n)}`, timestamp: `${AT}0${String(n)}Z` }));
const VIEW = { permissions: ['clipboard-read', 'clipboard-write'] };

let web: WebGround;

beforeAll(async () => {
  web = await openWebGround();
  await web.store(LINES);
});
afterAll(() => web[Symbol.asyncDispose]());

/** Opens the page with a line open, which an expression finds. */
async function openLine(q: string, address = ''): Promise<Page> {
  const found = await fetch(`${web.url}api/v1/entries?q=${encodeURIComponent(q)}&fields=id`);
  const { entries } = (await found.json()) as { entries: { id: string }[] };
  const page = await web.open(`?tz=UTC&entry=${entries[0]!.id}${address}`, VIEW);
  await actions(page).waitFor();
  return page;
}

function actions(page: Page): Locator {
  return page.getByRole('group', { name: 'What to do with this line' });
}

function fields(page: Page): Locator {
  return page.getByRole('table', { name: 'Fields' });
}

/** What was copied. */
async function copied(page: Page): Promise<unknown> {
  await page.getByText('Copied').waitFor();
  return page.evaluate('navigator.clipboard.readText()');
}

/** Opens a menu, and chooses of it. */
async function choose(page: Page, menu: string, item: string): Promise<void> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

describe('the text of an opened line', () => {
  it('that is a stack trace keeps its lines, and shows where the program was less than what happened', async () => {
    const page = await openLine('order:o-1');
    const text = page.locator('pre', { hasText: 'TypeError' });
    expect(await text.innerText()).toBe(STACK);
    const [what, where] = await text.evaluate((pre) => [
      getComputedStyle(pre).color,
      getComputedStyle(pre.querySelector('span')!).color,
    ]);
    expect(where).not.toBe(what);
    await page.getByRole('button', { name: 'Wrap', exact: true }).click();
    expect(await text.evaluate((pre) => getComputedStyle(pre).whiteSpace)).toMatch(/^pre$|nowrap/);
  });

  it('that has JSON is a tree by mouse and by keys, with every digit', async () => {
    const page = await openLine('paid');
    const tree = page.getByRole('tree');
    await tree.getByText('12345678901234567890').waitFor();
    await tree.getByRole('treeitem').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
    await expect.poll(() => tree.getByText('"Ann"').count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await tree.getByText('"Ann"').waitFor();
    await page.keyboard.press('ArrowRight');
    await tree.locator('[role="treeitem"][tabindex="0"]', { hasText: '"Ann"' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await copied(page)).toBe('.user.name');
    await tree.getByText('trace', { exact: true }).click();
    expect(await tree.locator('pre').innerText()).toBe('Error: x\n    at a (b.js:1:2)');
    await page.getByRole('button', { name: 'As written' }).click();
    expect(await page.locator('pre').innerText()).toBe(JSON_TEXT);
  });

  it('has the colours of a terminal, and nothing else of it', async () => {
    const page = await openLine('severity:warn');
    const text = page.locator('pre');
    expect(await text.innerText()).toBe('red and plain');
    expect(await text.getByText('red').getAttribute('data-fg')).toBe('red');
  });

  it('of 1.4 MB begins with 2 KB, and is shown whole without a halt', async () => {
    const page = await openLine('huge');
    const text = page.locator('pre');
    expect((await text.innerText()).length).toBeLessThan(3_000);
    const frames = page.evaluate<number>(`new Promise((resolve) => {
      let [last, longest] = [performance.now(), 0];
      const look = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (document.querySelector('pre').textContent.length < ${String(HUGE.length)}) requestAnimationFrame(look);
        else resolve(longest);
      };
      look();
    })`);
    await page.getByRole('button', { name: 'Show 1.4 MB' }).click();
    // A browser with nothing else to do has no frame longer than 100 ms.
    expect(await frames).toBeLessThan(5_000);
    await choose(page, 'Copy', 'Copy the text');
    expect(await copied(page)).toBe(HUGE);
  });
});

describe('the fields of an opened line', () => {
  it('are asked for, out of a menu that keys go through, and Back asks as before', async () => {
    const page = await openLine('order:o-1', '&q=severity%3Eerror%20OR%20order%3A*');
    await fields(page).getByRole('button', { name: 'user.name: Ann' }).press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Filter for' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.title')).toBe('user.name: Ann');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Filter for' }).waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    const asked = () => new URL(page.url()).searchParams.get('q');
    await expect.poll(asked).toBe('(severity>error OR order:*) user.name:Ann');
    await page.goBack();
    await expect.poll(asked).toBe('severity>error OR order:*');
    await fields(page).getByText('9007199254740993', { exact: true }).waitFor();
    await choose(page, 'order: o-1', 'Add as column');
    expect(new URL(page.url()).searchParams.get('cols')).toBe('service,order');
  });

  it('can do nothing, whatever is written in them', async () => {
    const page = await openLine('severity:fatal');
    await fields(page).getByText(SHOWN_HOSTILE).first().waitFor();
    expect(await page.locator('pre').innerText()).toBe(SHOWN_HOSTILE);
    await actions(page).getByRole('button', { name: 'Context' }).click();
    await page.getByRole('region', { name: 'Before and after' }).getByRole('list').waitFor();
    await page.getByRole('button', { name: 'list: ' }).click();
    await page.getByRole('menuitem', { name: 'Filter for' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toContain('list:');
    await fields(page).getByText(SHOWN_HOSTILE).first().waitFor();
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('img, script:not([src]), a[href^="javascript:"]').count()).toBe(0);
  });
});

describe('an opened line', () => {
  it('says what came before it and after it, whatever is asked for, and shows it in all lines', async () => {
    const page = await openLine('order:o-1', '&q=order:*');
    await actions(page).getByRole('button', { name: 'Context' }).click();
    const around = page.getByRole('region', { name: 'Before and after' });
    await around.getByText('after it').waitFor();
    expect(await around.getByRole('listitem').first().innerText()).toContain('before it');
    await around.getByRole('button', { name: 'Same service' }).click();
    await around.getByText('after it').waitFor({ state: 'detached' });
    await around.getByRole('button', { name: 'Show in all lines' }).first().click();
    await page.locator('[data-line]', { hasText: 'before it' }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBeNull();
  });

  it('has a link by which another browser opens the same', async () => {
    const page = await openLine('order:o-1', '&q=service:shop');
    await actions(page).getByRole('button', { name: 'Copy link' }).click();
    const link = String(await copied(page));
    expect(link).toContain('tz=UTC');
    const other = await web.open(link, { timezoneId: 'Asia/Tokyo' });
    await fields(other).getByText('4bf9/2f').waitFor();
    expect(await other.locator('[data-line][aria-expanded="true"]').innerText()).toContain('14:00:01');
  });

  it('leads to its trace, where the browser was told where those are', async () => {
    const page = await openLine('order:o-1');
    await page.getByRole('button', { name: 'Trace link…' }).click();
    const address = page.getByRole('textbox', { name: 'Address' });
    await address.fill('javascript:alert("{trace_id}")');
    await page.getByText('This is no address').waitFor();
    await address.fill('https://trace.example/trace/{trace_id}');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const link = page.getByRole('link', { name: 'Trace' });
    expect(await link.getAttribute('href')).toBe('https://trace.example/trace/4bf9%2F2f');
    expect(await link.getAttribute('rel')).toContain('noopener');
    await page.reload();
    await link.waitFor();
  });
});

it('a panel is closed by Escape, and not the line; a line whose value is left out is not shown any more', async () => {
  const page = await openLine('order:o-1', '&q=service:shop');
  await page.getByRole('button', { name: /^(?:Last|All time)/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'UTC', exact: true }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'UTC', exact: true }).waitFor({ state: 'hidden' });
  await fields(page).getByRole('button', { name: 'user.name: Ann' }).click();
  await page.getByRole('menuitem', { name: 'Filter out' }).click();
  await page.getByText('before it').first().waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get('entry')).toBe(null);
});

it('what is asked for is saved as a file, and copied as a command', async () => {
  const page = await openLine('order:o-1', '&q=service:shop%20-paid');
  const saved = async (item: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'Export', item)]);
    let text = '';
    for await (const piece of await download.createReadStream()) text += String(piece);
    return { name: download.suggestedFilename(), lines: text.split('\n').slice(0, -1) };
  };
  const { name, lines } = await saved('NDJSON');
  expect(name).toMatch(/^logs-.*\.ndjson$/);
  expect(
    lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id.slice(0, 2)).toSorted(),
  ).toEqual([...['e0', 'e1', 'e4', 'e5']]);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitemcheckbox').click();
  await page.keyboard.press('Escape');
  expect((await saved('CSV')).lines[0]).toBe('time,severity,service,payload');
  await choose(page, 'Export', 'Copy the command for a shell');
  expect(await copied(page)).toBe(`lms logs 'service:shop -paid' --tz UTC --url ${web.url}`);
});
