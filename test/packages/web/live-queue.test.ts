import { afterEach, expect, it, vi } from 'vitest';
import type { TailEntry } from '../../../packages/client/src/types.ts';
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
