import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const ANSWER = { buckets: [], complete: true, width: null, ahead: null, range: { from: null, to: null } };
const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The stores of a page at an address; `answerMs`: how long its server takes. */
async function openPage(search: string, answerMs: number) {
  const asked: { isGivenUp: boolean }[] = [];
  const place = { search, href: `http://lms.example/${search}` };
  const replaceState = (_state: unknown, _title: string, next: string) => (place.search = next);
  vi.stubGlobal('location', place);
  vi.stubGlobal('history', { replaceState, pushState: replaceState });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('document', { visibilityState: 'visible' });
  vi.stubGlobal('fetch', async (_url: unknown, { signal }: { signal: AbortSignal }) => {
    const request = { isGivenUp: false };
    asked.push(request);
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    request.isGivenUp = signal.aborted;
    signal.throwIfAborted();
    return Response.json(ANSWER);
  });
  const { histogram } = await import('../../../packages/web/src/state/histogram.ts');
  const { setLive } = await import('../../../packages/web/src/state/run.ts');
  await vi.advanceTimersByTimeAsync(answerMs);
  return { asked, histogram, setLive };
}

it('the histogram is asked again while lines come, also where live was switched on later, and not in a pause', async () => {
  const { asked, setLive } = await openPage('?tz=UTC&live=0', 10);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(asked).toHaveLength(1);
  setLive(true);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(asked.length).toBeGreaterThan(10);
  const { length } = asked;
  setLive(false);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(asked).toHaveLength(length);
});

it('a histogram that takes longer than it is asked for again is waited for', async () => {
  const { asked, histogram } = await openPage('?tz=UTC', 12_000);
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  expect(asked.filter(({ isGivenUp }) => isGivenUp)).toEqual([]);
  expect(asked.length).toBeGreaterThan(5);
  expect(histogram.value.value).toEqual(ANSWER);
});
