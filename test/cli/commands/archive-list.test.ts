import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { entry } from '../../contract/store-entries.ts';
import { archiveDirectory, stored, writeArchive } from '../../support/written-archive.ts';
import { lms } from '../lms.ts';

it('lms archive list names every manifest that is damaged, and shows the others', async () => {
  const place = await archiveDirectory();
  const days = ['2020-03-01', '2020-03-02', '2020-03-03'];
  await writeArchive(
    place,
    days.map((day) => stored(entry({ timestamp: `${day} 10:00:00.000000` }))),
  );
  for (const day of days.slice(1)) await truncate(join(place.text, `manifests/${day}.0001.json`), 40);
  const { status, stdout, stderr } = await lms(['archive', 'list', place.text]);
  expect([status, stdout.split('\n').length]).toEqual([30, 3]);
  expect(stdout).toMatch(/^2020-03-01 +1 +1 +1 /m);
  const lines = stderr.split('\n').slice(0, 2);
  expect(lines.sort()).toEqual(
    days.slice(1).map((day) => `lms: manifests/${day}.0001.json is damaged: it is no JSON, perhaps cut`),
  );
});

it('lms archive list --rebuild makes nothing where there is no archive', async () => {
  const place = await archiveDirectory();
  expect(await lms(['archive', 'list', place.text, '--rebuild'])).toMatchObject({ status: 0 });
  expect(await place.list('')).toEqual([]);
});

it('lms archive list --rebuild forgets all days that were removed on purpose', async () => {
  const place = await archiveDirectory();
  await writeArchive(place, [stored(entry())]);
  await lms(['archive', 'list', place.text, '--rebuild']);
  for (const { name } of await place.list('')) if (name !== 'archive.json') await place.remove(name);
  expect(await lms(['archive', 'list', place.text, '--rebuild'])).toMatchObject({ status: 0 });
  const verified = await lms(['archive', 'verify', place.text]);
  expect(verified.stderr).toContain('there is no archive in');
});
