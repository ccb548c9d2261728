import type { TailEntry } from '../../../client/src/types.ts';

/** So many are taken in at once, frame or not: in a hidden tab there are no frames. */
const MAX_QUEUED = 2_000;

/** Collects what comes, and hands it on once a frame. */
export function createLiveQueue(
  take: (entries: readonly TailEntry[]) => void,
): (entries: readonly TailEntry[]) => void {
  let queued: TailEntry[] = [];
  let frame = 0;
  const flush = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    const entries = queued;
    queued = [];
    take(entries);
  };
  return (entries) => {
    for (const entry of entries) queued.push(entry);
    if (queued.length >= MAX_QUEUED) flush();
    else if (queued.length > 0 && frame === 0) frame = requestAnimationFrame(flush);
  };
}
