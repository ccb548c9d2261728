import { describe, expect, it } from 'vitest';
import {
  archived,
  type Bench,
  bench,
  changed,
  type Changes,
  COUNT,
  expectVerified,
  rows,
  run,
} from '../app/archive/archive-bench.ts';
import { archiveGround } from '../archive/archive-ground.ts';
import { oldEntries } from '../support/old-entries.ts';

/** Whatever is done, done so many times, and never after. */
class Fuse {
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  burn(): void {
    this.left -= 1;
    if (this.left < 0) throw new Error('crashed');
  }
}

/** A place and a deleter whose process ends at some call: before it does anything, or after it did. */
function crashing(
  { place, store }: Bench,
  fuse: Fuse,
): Required<Pick<Changes, 'place' | 'deleter' | 'onUnlisted'>> {
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    fuse.burn();
    const result = await work();
    fuse.burn();
    return result;
  };
  return {
    place: changed(place, {
      list: (...args) => around(() => place.list(...args)),
      write: (...args) => around(() => place.write(...args)),
      remove: (...args) => around(() => place.remove(...args)),
      removeLeftovers: (...args) => around(() => place.removeLeftovers(...args)),
    }),
    deleter: { deleteEntries: (keys) => around(() => store.deleteEntries(keys)) },
    onUnlisted: () => undefined,
  };
}

describe('a run of archiving that crashes', () => {
  it('goes on from wherever the one before ended: every entry is archived once, and none is lost', async () => {
    await using database = await bench();
    let isWhole = false;
    let calls = 0;
    for (; !isWhole; calls += 1) {
      await using archive = await archiveGround();
      const subject = { ...database, place: archive.place };
      await subject.store.write(oldEntries(COUNT));
      const before = await rows(subject);
      const fuse = new Fuse(calls);
      isWhole = await run(subject, crashing(subject, fuse)).then(
        () => fuse.left >= 0,
        () => false,
      );
      const known = new Set(
        [...(await rows(subject)), ...(await archived(subject))].map(({ eventId }) => eventId),
      );
      expect(known.size).toBe(COUNT);
      await run(subject);
      expect(await rows(subject)).toEqual([]);
      expect(await archived(subject)).toEqual(before);
      await expectVerified(subject);
    }
    expect(calls).toBeGreaterThan(40);
  }, 180_000);
});
