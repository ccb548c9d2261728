import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const SOURCE = '../../../packages/web/src';
const PAGE = { order: 'newest', complete: true, range: { from: null, to: null }, searchedTo: null };
const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.doUnmock(`${SOURCE}/live/wiring.ts`);
});

/** A page, looked at or not, with a stream that nothing comes from. */
async function openPage(visibilityState: 'visible' | 'hidden') {
  const asked: string[] = [];
  const listeners = new Map<string, () => void>();
  const listen = (type: string, listener: () => void) => listeners.set(type, listener);
  const place = { search: '?tz=UTC&live=1', href: 'http://lms.example/' };
  const page = { visibilityState, addEventListener: listen };
  vi.stubGlobal('location', place);
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal('addEventListener', listen);
  vi.stubGlobal('document', page);
  vi.stubGlobal('fetch', async (url: URL | string) => {
    const { pathname } = new URL(url);
    asked.push(pathname.slice('/api/v1/'.length));
    const now = new Date().toISOString();
    if (pathname.endsWith('/workers'))
      return Response.json({ now, storedUpTo: { kind: 'running', at: now } });
    return Response.json({ ...PAGE, entries: [], next: null, previous: null });
  });
  const tab = { want: vi.fn(), stop: vi.fn(), place: '' };
  vi.doMock(`${SOURCE}/live/wiring.ts`, () => ({ createTab: () => tab }));
  const { startLive } = await import('../../../packages/web/src/live/live.ts');
  startLive();
  await vi.advanceTimersByTimeAsync(100);
  const show = async () => {
    page.visibilityState = 'visible';
    listeners.get('visibilitychange')?.();
    await vi.advanceTimersByTimeAsync(100);
  };
  return { tab, show, lineRequests: () => asked.filter((path) => path === 'entries').length };
}

it('a page that is looked at for the first time long after it was opened has what came meanwhile', async () => {
  const { tab, show, lineRequests } = await openPage('hidden');
  expect([lineRequests(), tab.want.mock.calls.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  await show();
  expect([lineRequests(), tab.want.mock.calls.length]).toEqual([2, 1]);
});

it('a page that is looked at when it is opened asks once', async () => {
  const { tab, lineRequests } = await openPage('visible');
  expect([lineRequests(), tab.want.mock.calls.length]).toEqual([1, 1]);
});
