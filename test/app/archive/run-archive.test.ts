import { describe, expect, it } from 'vitest';
import { verifyArchive } from '../../../src/app/archive/verify-archive.ts';
import { parseManifest, printManifest } from '../../../src/archive/manifest.ts';
import type { Place } from '../../../src/archive/place.ts';
import { LmsError } from '../../../src/errors/catalogue.ts';
import type { Hold } from '../../../src/retention/ports.ts';
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
    const hold = holdOf('2026-01-31');
    const days = await run(subject, { holds: () => Promise.resolve([hold]) });
    expect(days.map(({ kept }) => kept)).toEqual([undefined, 'it is held: restored', undefined]);
    expect(new Set((await rows(subject)).map(({ timestamp }) => timestamp.slice(0, 10)))).toEqual(
      new Set(['2026-01-31']),
    );
  });

  it('deletes no more of a day once a hold of it has begun', async () => {
    await using subject = await bench();
    const { store } = subject;
    await store.write(oldEntries(3_600, 'more'));
    const before = (await rows(subject)).length;
    // One of another time, that begins before the first transaction is committed.
    const holds: Hold[] = [];
    const basis: unknown[] = [];
    const deleter: Pick<Store, 'deleteEntries'> = {
      async deleteEntries(keys, on) {
        basis.push(on?.basis);
        if (holds.length === 0) holds.push(holdOf('2025-01-01'));
        // As a transaction finds that a hold has begun that it did not know of.
        const known = on?.basis?.holds ?? [];
        const unknown = holds.find(({ id }) => !known.includes(id));
        if (unknown !== undefined) throw new LmsError('RULES_CHANGED', `there is a hold more: ${unknown.id}`);
        const deleted = await store.deleteEntries(keys, on);
        if (holds.length === 1) holds.push(holdOf('2026-01-30'));
        return deleted;
      },
    };
    const [first, ...others] = await run(subject, {
      deleter,
      holds: () => Promise.resolve([...holds]),
      partBytes: undefined,
    });
    expect(basis[0]).toEqual({ version: undefined, holds: [] });
    expect(first).toMatchObject({ deleted: 1_000, kept: 'it is held: restored' });
    expect(others.map(({ kept }) => kept)).toEqual([undefined, undefined]);
    const left = (await rows(subject)).filter(({ timestamp }) => timestamp.startsWith('2026-01-30'));
    expect(left).toHaveLength(before / 3 - 1_000);
  });

  it('finds what came in place of what was deleted, though as many are counted', async () => {
    await using subject = await bench();
    const { store } = subject;
    await run(subject);
    await store.write(oldEntries(COUNT, 'later'));
    const days = await run(subject);
    expect(days.map(({ written, deleted, left }) => ({ written, deleted, left }))).toEqual(
      Array.from({ length: 3 }, () => ({ written: COUNT / 3, deleted: COUNT / 3, left: 0 })),
    );
    expect(await rows(subject)).toEqual([]);
    expect(await archived(subject)).toHaveLength(2 * COUNT);
    await expectVerified(subject);
  });

  it.each<[string, (place: Place) => Place]>([
    [
      'another manifest than was written',
      (place) =>
        changed(place, {
          write: async (name, content, options) => {
            if (!name.startsWith('manifests/')) return place.write(name, content, options);
            const written = parseManifest(name, Buffer.concat(await listed(content)).toString());
            const other = printManifest({ ...written, release: '9.9.9' });
            await place.write(
              name,
              (async function* () {
                yield await Promise.resolve(Buffer.from(other));
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
  it('reads every part, whether somebody counts the rows or not', async () => {
    await using subject = await bench();
    const { place } = subject;
    await run(subject, { deleter: undefined });
    const [{ name } = { name: '' }] = await place.list('entries/');
    const data = Buffer.concat(await listed(place.read(name)));
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
    const changedPart = (async function* () {
      yield await Promise.resolve(data);
    })();
    await place.write(name, changedPart, { replace: true });
    const { signal } = new AbortController();
    let counted = 0;
    for (const onRows of [undefined, (rows: number) => (counted += rows)]) {
      const days = await listed(verifyArchive(place, { signal, onRows }));
      const faults = days.flatMap((day) => day.faults.map(({ message }) => message));
      expect(faults).toEqual([expect.stringContaining(`${name} is damaged`)]);
    }
    expect(counted).toBeGreaterThan(0);
  });

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

/** A hold of an hour of a day. */
function holdOf(day: string): Hold {
  const [from, to] = [`${day} 12:00:00.000000`, `${day} 13:00:00.000000`];
  return { id: `hold-of-${day}`, from, to, until: '2126-01-01 00:00:00.000000', reason: 'restored' };
}
