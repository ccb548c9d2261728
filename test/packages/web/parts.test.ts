import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const AWAY_TOO_LONG_MS = 3_600_000;

let answers: () => boolean;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  answers = () => true;
  vi.stubGlobal('fetch', async () => {
    if (!answers()) throw new TypeError('Failed to fetch');
    return new Response();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openPage() {
  const { loadPart } = await import('../../../packages/web/src/api/parts.ts');
  const { isServerAway } = await import('../../../packages/web/src/api/reach.ts');
  return { loadPart, isServerAway };
}

it('a part that could not be loaded is loaded as soon as the server answers, however late', async () => {
  const { loadPart, isServerAway } = await openPage();
  answers = () => false;
  const load = vi.fn(async () => {
    if (!answers()) throw new TypeError('Failed to fetch dynamically imported module');
    return 'the part';
  });
  const loading = loadPart(load);
  await vi.advanceTimersByTimeAsync(AWAY_TOO_LONG_MS);
  expect(load).toHaveBeenCalledTimes(1);
  expect(isServerAway.value).toBe(true);
  answers = () => true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await loading).toBe('the part');
  expect(load).toHaveBeenCalledTimes(2);
  expect(isServerAway.value).toBe(false);
});

it('a part that a server which answers does not have is given up, and asked for again when it is wanted', async () => {
  const { loadPart, isServerAway } = await openPage();
  const missing = new TypeError('Failed to fetch dynamically imported module');
  const load = vi.fn().mockRejectedValue(missing);
  const given = expect(loadPart(load)).rejects.toBe(missing);
  await vi.advanceTimersByTimeAsync(60_000);
  await given;
  expect(load).toHaveBeenCalledTimes(5);
  expect(isServerAway.value).toBe(false);
  load.mockResolvedValueOnce('the part');
  expect(await loadPart(load)).toBe('the part');
});
