import { describe, expect, it } from 'vitest';
import { deleteArchived } from '../../../src/app/archive/delete-archived.ts';
import { listArchive } from '../../../src/archive/archive.ts';
import { listed } from '../../archive/archive-ground.ts';
import { oldEntries } from '../../support/old-entries.ts';
import { bench, rows, run } from './archive-bench.ts';

describe('deleting what is archived', () => {
  it('reads all of the day back before the first row, whether somebody counts or not', async () => {
    await using subject = await bench();
    const { place, reader, store } = subject;
    // More than a transaction deletes.
    await store.write(oldEntries(4_500, 'more'));
    await run(subject, { deleter: undefined });
    const before = await rows(subject);
    const [day] = (await listArchive(place)).days;
    if (day === undefined) throw new Error('nothing is archived');
    const last = day.editions.at(-1)?.parts.at(-1)?.name ?? '';
    const data = Buffer.concat(await listed(place.read(last)));
    const cut = (async function* () {
      yield await Promise.resolve(data.subarray(0, data.length - 8));
    })();
    await place.write(last, cut, { replace: true });
    const means = { place, reader, deleter: store, lease: undefined, holds: () => Promise.resolve([]) };
    await expect(
      deleteArchived(day, { ...means, signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'ARCHIVE' });
    expect(await rows(subject)).toEqual(before);
  });
});
