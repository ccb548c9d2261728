import { describe, expect, it } from 'vitest';
import { verifyArchive } from '../../../src/app/archive/verify-archive.ts';
import type { Place } from '../../../src/archive/place.ts';
import type { Store } from '../../../src/store/store.ts';
import { listed } from '../../archive/archive-ground.ts';
import { oldEntries } from '../../support/old-entries.ts';
import { archived, bench, changed, COUNT, expectVerified, rows, run } from './archive-bench.ts';

describe('a run of archiving', () => {
  it('goes on with the parts that are whole', async () => {
    await using subject = await bench();
    const { place } = subject;
    let writes = 0;
    const failing: Place = changed(place, {
      write: (...args: Parameters<Place['write']>) => {
        writes += 1;
        return writes > 2 ? Promise.reject(new Error('crashed')) : place.write(...args);
      },
    });
    await expect(run(subject, { place: failing, onUnlisted: () => undefined })).rejects.toThrow('crashed');
    const before = await place.list('entries/');
    expect(before).toHaveLength(2);
    const written: string[] = [];
    const watching: Place = changed(place, {
      write: (...args: Parameters<Place['write']>) => {
        written.push(args[0]);
        return place.write(...args);
      },
    });
    await run(subject, { place: watching });
    for (const { name } of before) expect(written).not.toContain(name);
    expect(written).toContain('manifests/2026-01-30.0001.json');
    await expectVerified(subject);
  });

  it('writes a part anew that does not follow those before it', async () => {
    await using subject = await bench();
    const { place } = subject;
    const before = await rows(subject);
    await run(subject, { deleter: undefined });
    const [first, second] = await place.list('entries/2026-01-30/');
    await place.remove('manifests/2026-01-30.0001.json');
    await place.remove('archive.json');
    await place.write(second?.name ?? '', place.read(first?.name ?? ''), { replace: true });
    await run(subject);
    expect(await archived(subject)).toEqual(before);
    await expectVerified(subject);
  });

  it('deletes no row that came after its day was archived', async () => {
    await using subject = await bench();
    const { store } = subject;
    let isWritten = false;
    const deleter: Pick<Store, 'deleteEntries'> = {
      async deleteEntries(keys) {
        if (!isWritten) await store.write(oldEntries(30, 'late'));
        isWritten = true;
        return store.deleteEntries(keys);
      },
    };
    const [first] = await run(subject, { deleter });
    expect(first).toMatchObject({ deleted: COUNT / 3, left: 10 });
    expect((await rows(subject)).filter(({ eventId }) => eventId.startsWith('late'))).toHaveLength(10);
    await run(subject);
    expect(await rows(subject)).toEqual([]);
    expect(await archived(subject)).toHaveLength(COUNT + 30);
    expect((await store.verify()).agree).toBe(true);
  });

  it('archives rows that come while their day is archived', async () => {
    await using subject = await bench();
    const { store, place } = subject;
    let isWritten = false;
    const slow: Place = changed(place, {
      write: async (...args: Parameters<Place['write']>) => {
        if (!isWritten) await store.write(oldEntries(30, 'late'));
        isWritten = true;
        return place.write(...args);
      },
    });
    const [first] = await run(subject, { place: slow });
    expect(first).toMatchObject({ rows: COUNT / 3 + 10, deleted: COUNT / 3 + 10, left: 0 });
    await expectVerified(subject);
  });

  it('deletes nothing of a day that is held', async () => {
    await using subject = await bench();
    const hold = { from: '2026-01-31 12:00:00.000000', to: '2026-01-31 13:00:00.000000', reason: 'restored' };
    const days = await run(subject, { holds: () => Promise.resolve([hold]) });
    expect(days.map(({ kept }) => kept)).toEqual([undefined, 'it is held: restored', undefined]);
    expect(new Set((await rows(subject)).map(({ timestamp }) => timestamp.slice(0, 10)))).toEqual(
      new Set(['2026-01-31']),
    );
  });

  it.each<[string, (place: Place) => Place]>([
    [
      'another manifest than was written',
      (place) =>
        changed(place, {
          write: async (name, content, options) => {
            if (!name.startsWith('manifests/')) return place.write(name, content, options);
            const text = Buffer.concat(await listed(content)).toString();
            await place.write(
              name,
              (async function* () {
                yield await Promise.resolve(Buffer.from(text.replace('"1.2.3"', '"9.9.9"')));
              })(),
            );
            return true;
          },
        }),
    ],
    [
      'a part that it cannot read back',
      (place) =>
        changed(place, {
          async *read(name: string) {
            for await (const chunk of place.read(name))
              yield name.endsWith('.gz') ? chunk.subarray(1) : chunk;
          },
        }),
    ],
  ])('deletes nothing where the place has %s', async (_what, spoil) => {
    await using subject = await bench();
    const days = await run(subject, { place: spoil(subject.place) });
    expect(days.map(({ failure }) => failure?.code)).toEqual(['ARCHIVE', 'ARCHIVE', 'ARCHIVE']);
    expect(await rows(subject)).toHaveLength(COUNT);
  });

  it('does without its listing where that cannot be written', async () => {
    await using subject = await bench();
    const { place } = subject;
    const reasons: unknown[] = [];
    const worm: Place = changed(place, {
      write: (...args: Parameters<Place['write']>) =>
        args[2]?.replace ? Promise.reject(new Error('may not be changed')) : place.write(...args),
    });
    await run(subject, { place: worm, onUnlisted: (error) => reasons.push(error) });
    expect(reasons).toHaveLength(1);
    expect(await rows(subject)).toEqual([]);
    await expectVerified(subject);
  });
});

describe('verifying an archive', () => {
  it('misses a manifest that was there once, by the listing and by later editions', async () => {
    await using subject = await bench();
    const { place, store } = subject;
    await run(subject, { deleter: undefined });
    await store.write(oldEntries(30, 'late'));
    await run(subject, { deleter: undefined });
    await place.remove('manifests/2026-01-30.0001.json');
    const faults = async () => {
      const signal = new AbortController().signal;
      const days = await listed(verifyArchive(place, { signal }));
      return days.flatMap((day) => day.faults.map(({ message }) => message));
    };
    const missing = 'manifests/2026-01-30.0001.json is damaged: it is not there any more';
    expect(await faults()).toEqual([missing]);
    await place.remove('archive.json');
    expect(await faults()).toEqual([missing]);
  });
});
