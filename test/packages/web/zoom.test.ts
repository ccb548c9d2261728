import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('a double click leads to what was looked at before each zoom, also after Back', async () => {
  const place = { search: '?since=1h&tz=UTC', href: 'http://lms.example/' };
  const visited: string[] = [];
  const listeners: (() => void)[] = [];
  vi.stubGlobal('location', place);
  vi.stubGlobal('addEventListener', (_type: string, listener: () => void) => listeners.push(listener));
  vi.stubGlobal('history', {
    pushState(_state: unknown, _title: string, search: string) {
      visited.push(place.search);
      place.search = search;
    },
  });
  const { zoomOut, zoomTo } = await import('../../../packages/web/src/logs/histogram/zoom.ts');
  const { address } = await import('../../../packages/web/src/state/address.ts');
  const ranges = [10, 20, 30].map((minute) => ({
    since: `2026-11-30T14:${minute}:00Z`,
    until: `2026-11-30T14:${minute}:59Z`,
  }));
  for (const range of ranges) zoomTo(range);
  place.search = visited.pop() ?? '';
  for (const listener of listeners) listener();
  expect(address.value.since).toBe(ranges[1]?.since);
  expect(zoomOut()).toBe(true);
  expect(address.value.since).toBe(ranges[0]?.since);
  expect(zoomOut()).toBe(true);
  expect(address.value).toMatchObject({ since: '1h', until: undefined, isLive: true });
  expect(zoomOut()).toBe(false);
});
