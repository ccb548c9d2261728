import { afterEach, expect, it, vi } from 'vitest';
import type { TailEntry } from '../../../packages/client/src/types.ts';
import { LineStore } from '../../../packages/web/src/state/lines/line-store.ts';
import { createLiveQueue } from '../../../packages/web/src/state/lines/live-queue.ts';
import { idsOf, lineAt } from './web-lines.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Frames that are painted when a test says so. */
function stubFrames(): () => void {
  let waiting: (() => void) | undefined;
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    waiting = callback;
    return 1;
  });
  vi.stubGlobal('cancelAnimationFrame', () => (waiting = undefined));
  return () => {
    const callback = waiting;
    waiting = undefined;
    callback?.();
  };
}

it('what comes is handed on with the next frame, each line once, and what nobody asks for any more not at all', () => {
  const frame = stubFrames();
  const taken: TailEntry[] = [];
  const queue = createLiveQueue((entries) => taken.push(...entries));
  queue.add([lineAt(1)]);
  queue.add([lineAt(2)]);
  expect(taken).toEqual([]);
  frame();
  expect(idsOf(taken)).toEqual(idsOf([lineAt(1), lineAt(2)]));
  queue.add([lineAt(3)]);
  queue.clear();
  queue.add([lineAt(4)]);
  frame();
  expect(idsOf(taken)).toEqual(idsOf([lineAt(1), lineAt(2), lineAt(4)]));
});

it('while a page is read, more than are kept beside it, leave an end that is open, and no gap', async () => {
  const lines = Array.from({ length: 8_000 }, (_, n) => lineAt(n));
  const END = { state: 'end' } as const;
  const page = {
    order: 'oldest',
    complete: true,
    range: { from: null, to: null },
    searchedTo: null,
  } as const;
  const store = new LineStore(async ({ q = '', cursor }) => {
    const start = Number(
      cursor ?? lines.findIndex(({ timestamp }) => timestamp === q.slice('time>='.length)),
    );
    const next = start + 500 < lines.length ? String(start + 500) : null;
    return { ...page, entries: lines.slice(start, start + 500), next, previous: null };
  });
  store.expect({});
  const { came } = store;
  store.add(lines.slice(1_000, 7_000));
  store.open({ lines: lines.slice(0, 1_000), older: END, newer: END }, came);
  expect(store.edges.newer.value.state).toBe('more');
  expect(idsOf(store.lines.value)).toEqual(idsOf(lines.slice(0, 1_000)));
  const reading = store.more('newer');
  store.add(lines.slice(7_000));
  await reading;
  while (store.edges.newer.value.state !== 'end') await store.more('newer');
  expect(idsOf(store.lines.value)).toEqual(idsOf(lines));
});
