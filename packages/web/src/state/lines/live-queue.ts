import type { TailEntry } from '../../../../client/src/types.ts';

/** So many are taken in at once, frame or not: in a hidden tab there are no frames. */
const MAX_QUEUED = 2_000;
/** Where they come so fast that nobody can read them, they are taken in with each third frame, 20 times a second. */
const FRAMES_IN_HASTE = 3;
/** So many within a frame are no haste. */
const FEW = 10;

/** What came and was not handed on yet. */
export interface LiveQueue {
  readonly add: (entries: readonly TailEntry[]) => void;
  /** Forgets what waits: it is no answer to what is asked now. */
  readonly clear: () => void;
}

/** Collects what comes, and hands it on before a frame is painted. */
export function createLiveQueue(take: (entries: readonly TailEntry[]) => void): LiveQueue {
  let queued: TailEntry[] = [];
  let frame = 0;
  let isHasty = false;
  let frames = 0;
  const flush = () => {
    cancelAnimationFrame(frame);
    [frame, frames] = [0, 0];
    const entries = queued;
    queued = [];
    isHasty = entries.length > FEW;
    take(entries);
  };
  const onFrame = () => {
    frames += 1;
    if (isHasty && frames < FRAMES_IN_HASTE) frame = requestAnimationFrame(onFrame);
    else flush();
  };
  return {
    add(entries) {
      for (const entry of entries) queued.push(entry);
      if (queued.length >= MAX_QUEUED) flush();
      else if (queued.length > 0 && frame === 0) frame = requestAnimationFrame(onFrame);
    },
    clear() {
      queued = [];
    },
  };
}
