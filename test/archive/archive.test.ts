import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countsOf, listArchive, readDay } from '../../src/archive/archive.ts';
import { lateEntries } from '../../src/archive/late-entries.ts';
import { countsDigest, LISTING, readListing, writeListing } from '../../src/archive/listing.ts';
import { type DayManifest, manifestName } from '../../src/archive/manifest.ts';
import { partOf, readPart, verifyPart } from '../../src/archive/read-part.ts';
import {
  all,
  type ArchiveGround,
  archiveGround,
  batches,
  DAY,
  stored,
  storedFrom,
} from './archive-ground.ts';

const first = ({ parts }: DayManifest) => {
  const [part] = parts;
  if (part === undefined) throw new Error('there is no part');
  return part;
};

describe('an edition', () => {
  it('holds the entries in bounded parts, in the order of their keys', async () => {
    await using ground = await archiveGround();
    const entries = storedFrom(0, 100);
    const manifest = await ground.write(entries);
    expect(manifest.parts.length).toBeGreaterThan(5);
    for (const { textBytes } of manifest.parts) expect(textBytes).toBeLessThan(2_300);
    expect(await all(readDay(ground.place, { editions: [manifest] }))).toEqual(entries);
  });

  it('is gzip of lines that any program reads', async () => {
    await using ground = await archiveGround();
    const { parts } = await ground.write(storedFrom(0, 30));
    const texts = await Promise.all(
      parts.map(async ({ name }) => gunzipSync(await ground.read(name)).toString()),
    );
    const payloads = texts
      .join('')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { payload: string }).payload);
    expect(payloads).toEqual(storedFrom(0, 30).map(({ payload }) => payload));
  });

  it('has an entry that is larger than a part by itself', async () => {
    await using ground = await archiveGround();
    const entries = [stored(1), stored(2, { payload: 'x'.repeat(1_000_000) }), stored(3)];
    const manifest = await ground.write(entries);
    expect(manifest.parts).toHaveLength(2);
    expect(await all(readDay(ground.place, { editions: [manifest] }))).toEqual(entries);
  });

  it('is not there before its manifest is', async () => {
    await using ground = await archiveGround();
    async function* failing() {
      yield* batches(storedFrom(0, 100));
      throw new Error('the database went away');
    }
    const { writeEdition } = await import('../../src/archive/write-edition.ts');
    const edition = { day: DAY, edition: 1, entries: failing() };
    const writing = { place: ground.place, release: '', now: () => '', partBytes: 2_000 };
    await expect(writeEdition(edition, writing)).rejects.toThrow('the database went away');
    expect((await listArchive(ground.place)).days).toEqual([]);
    expect(await ground.place.list('entries/')).not.toEqual([]);
  });

  it('of another process is not written over', async () => {
    await using ground = await archiveGround();
    await ground.write(storedFrom(0, 10));
    await expect(ground.write(storedFrom(0, 10))).rejects.toMatchObject({
      code: 'ARCHIVE_PLACE',
      message: expect.stringContaining('another process') as string,
    });
  });

  it('refuses entries that are not in the order of their keys', async () => {
    await using ground = await archiveGround();
    await expect(ground.write([stored(2), stored(1)])).rejects.toThrow('order');
  });
});

describe('a part', () => {
  type Change = (data: Buffer, ground: ArchiveGround, name: string) => Buffer | Promise<Buffer>;
  const flipped = (data: Buffer, at: number) => {
    data[at] = (data[at] ?? 0) ^ 1;
    return data;
  };
  const lines = (data: Buffer) => gunzipSync(data).toString().split('\n');
  it.each<[string, Change]>([
    ['cut', (data) => data.subarray(0, data.length - 10)],
    ['cut in the middle', (data) => data.subarray(0, data.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed by a bit in the middle', (data) => flipped(data, data.length >> 1)],
    ['changed in its head', (data) => flipped(data, 0)],
    ['longer', (data) => Buffer.concat([data, Buffer.from('x')])],
    ['packed anew', (data) => gzipSync(gunzipSync(data), { level: 1 })],
    ['without a line', (data) => gzipSync(lines(data).slice(1).join('\n'))],
    ['with a line twice', (data) => gzipSync([lines(data)[0], ...lines(data)].join('\n'))],
    ['with a line that is no entry', (data) => gzipSync(`hello\n${lines(data).join('\n')}`)],
    ['another one', (_data, ground) => ground.read(`entries/${DAY}/0001.0002.ndjson.gz`)],
    ['a bomb', () => gzipSync(`${'x'.repeat(50_000_000)}\n`)],
  ])('that is %s is refused', async (_what, change) => {
    await using ground = await archiveGround();
    const part = first(await ground.write(storedFrom(0, 50)));
    await ground.replace(part.name, await change(await ground.read(part.name), ground, part.name));
    await expect(verifyPart(ground.place, part)).rejects.toMatchObject({
      code: 'ARCHIVE',
      message: expect.stringContaining(`${part.name} is damaged`) as string,
    });
    await expect(all(readPart(ground.place, part))).rejects.toMatchObject({ code: 'ARCHIVE' });
  });

  it('that is whole says what its manifest would say', async () => {
    await using ground = await archiveGround();
    const part = first(await ground.write(storedFrom(0, 50)));
    expect(await partOf(ground.place, part.name)).toEqual(part);
    await ground.replace(part.name, (await ground.read(part.name)).subarray(0, 100));
    expect(await partOf(ground.place, part.name)).toBeUndefined();
  });

  it('may be given up before its end', async () => {
    await using ground = await archiveGround();
    const part = first(await ground.write(storedFrom(0, 50_000), 1, { partBytes: 50_000_000 }));
    const reading = readPart(ground.place, part);
    expect((await reading.next()).done).toBe(false);
    await reading.return(undefined);
    expect((await reading.next()).done).toBe(true);
  });
});

describe('a day of several editions', () => {
  it('is read in the order of keys, each entry once', async () => {
    await using ground = await archiveGround();
    const entries = storedFrom(0, 3_000);
    const editions = [
      await ground.write(
        entries.filter((_entry, n) => n % 3 !== 0),
        1,
        { partBytes: 50_000 },
      ),
      await ground.write(
        entries.filter((_entry, n) => n % 3 === 0 && n > 100),
        2,
        { partBytes: 50_000 },
      ),
      await ground.write(entries.slice(0, 150), 3, { partBytes: 50_000 }),
    ];
    expect(await all(readDay(ground.place, { editions }))).toEqual(entries);
  });

  it('has the counts of all together', async () => {
    await using ground = await archiveGround();
    const editions = [await ground.write(storedFrom(0, 30)), await ground.write(storedFrom(30, 30), 2)];
    const whole = await ground.write(storedFrom(0, 60), 3);
    expect(countsDigest(countsOf({ editions }))).toBe(countsDigest(whole.counts));
    expect(countsDigest(countsOf({ editions }))).not.toBe(
      countsDigest(countsOf({ editions: editions.slice(1) })),
    );
  });
});

describe('late entries', () => {
  it('are those whose key is not archived, and no others', async () => {
    const entries = storedFrom(0, 500);
    const late = (entry: { payload: string }) => /[37]$/.test(entry.payload);
    const archived = [...entries.filter((entry) => !late(entry)), ...storedFrom(500, 20)];
    expect(await all(lateEntries(batches(entries), batches(archived)))).toEqual(entries.filter(late));
    expect(await all(lateEntries(batches(entries), batches([])))).toEqual(entries);
    expect(await all(lateEntries(batches([]), batches(archived)))).toEqual([]);
    expect(await all(lateEntries(batches(entries), batches(entries)))).toEqual([]);
  });

  it('may share a time with archived ones', async () => {
    const { timestamp } = stored(1);
    const ids = ['A', 'B', 'a', 'b', '~'].map((eventId) => stored(1, { timestamp, eventId }));
    expect(await all(lateEntries(batches(ids), batches(ids.slice(1, 3))))).toEqual([ids[0], ids[3], ids[4]]);
  });
});

describe('the listing', () => {
  it('stands for the manifests, and is done without where it is damaged or missing', async () => {
    await using ground = await archiveGround();
    const manifest = await ground.write(storedFrom(0, 50));
    const name = manifestName(manifest);
    const days = [{ day: DAY, editions: [manifest] }];
    const compared = new Map([[DAY, 'digest']]);
    await writeListing(ground.place, { manifests: new Map([[name, manifest]]), compared });
    expect(await readListing(ground.place)).toEqual({ manifests: new Map([[name, manifest]]), compared });
    await ground.replace(name, 'damaged');
    expect(await listArchive(ground.place)).toEqual({ days, unreadable: [] });
    expect(await listArchive(ground.place, {}, { fresh: true })).toMatchObject({
      days: [],
      unreadable: [{ name }],
    });
    for (const text of [
      '',
      '{}',
      (await ground.read(LISTING)).toString().replace('"rows":50', '"rows":51'),
    ]) {
      await ground.replace(LISTING, text);
      expect(await readListing(ground.place)).toEqual({ manifests: new Map(), compared: new Map() });
      expect(await listArchive(ground.place)).toMatchObject({ days: [], unreadable: [{ name }] });
    }
  });

  it('knows no manifest that is not there any more', async () => {
    await using ground = await archiveGround();
    const manifest = await ground.write(storedFrom(0, 5));
    const name = manifestName(manifest);
    await writeListing(ground.place, { manifests: new Map([[name, manifest]]), compared: new Map() });
    await ground.place.remove(name);
    expect((await listArchive(ground.place)).days).toEqual([]);
  });

  it('is looked at by days', async () => {
    await using ground = await archiveGround();
    await ground.write(storedFrom(0, 5));
    const found = async (range: object) => (await listArchive(ground.place, range)).days.length;
    expect(await found({ from: DAY })).toBe(1);
    expect(await found({ from: '2026-02-01' })).toBe(0);
    expect(await found({ to: DAY })).toBe(0);
    expect(await found({ to: '2026-02-01' })).toBe(1);
  });
});
