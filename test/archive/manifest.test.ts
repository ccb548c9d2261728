import { describe, expect, it } from 'vitest';
import {
  type DayManifest,
  manifestName,
  parseManifest,
  parseManifestName,
  parsePartName,
  partName,
  printManifest,
} from '../../src/archive/manifest.ts';
import { archiveGround, storedFrom } from './archive-ground.ts';

async function manifest(): Promise<DayManifest> {
  await using ground = await archiveGround();
  return await ground.write(storedFrom(0, 50));
}

const changed = (text: string, before: string | RegExp, after: string) => {
  expect(text).toMatch(before);
  return text.replace(before, after);
};

describe('a manifest', () => {
  it('is read as it was written', async () => {
    const written = await manifest();
    expect(written.parts.length).toBeGreaterThan(2);
    expect(parseManifest(manifestName(written), printManifest(written))).toEqual(written);
  });

  it('says what a program needs that is none of ours', async () => {
    const written = await manifest();
    const json = JSON.parse(printManifest(written)) as Record<string, unknown>;
    expect(json).toMatchObject({
      lms_archive: 1,
      entry_format: 1,
      day: '2026-01-31',
      edition: 1,
      rows: 50,
      first: '20260131T000000000000-event-0',
      last: '20260131T000000000049-event-49',
      release: '1.2.3',
      written_at: '2026-03-01T00:00:00.000Z',
    });
    expect(json['counts']).toContainEqual({ service_name: 'alpha', severity: 'info', count: 9 });
  });

  it.each<[string, (text: string) => string]>([
    ['is cut', (text) => text.slice(0, -20)],
    ['is empty', () => ''],
    ['is another JSON', () => '[]'],
    ['says another number', (text) => changed(text, '"rows": 50', '"rows": 49')],
    ['has another hash', (text) => changed(text, /"sha256": "./, '"sha256": "z')],
    ['has lost its checksum', (text) => changed(text, /"checksum": ".+?"/, '"checksum": ""')],
  ])('that %s is damaged', async (_what, change) => {
    const written = await manifest();
    expect(() => parseManifest(manifestName(written), change(printManifest(written)))).toThrow(
      expect.objectContaining({ code: 'ARCHIVE', message: expect.stringContaining('is damaged') as string }),
    );
  });

  it.each<[string, (written: DayManifest) => DayManifest]>([
    ['rows', (written) => ({ ...written, rows: written.rows + 1 })],
    ['bytes', (written) => ({ ...written, bytes: written.bytes + 1 })],
    ['counts', (written) => ({ ...written, counts: written.counts.slice(1) })],
    ['parts', (written) => ({ ...written, parts: written.parts.slice(1) })],
    ['names', (written) => ({ ...written, parts: [...written.parts].reverse() })],
  ])('whose %s contradict the rest is damaged, though its checksum is right', async (_what, change) => {
    const written = change(await manifest());
    expect(() => parseManifest(manifestName(written), printManifest(written))).toThrow(
      expect.objectContaining({ code: 'ARCHIVE' }),
    );
  });

  it('under the name of another day is damaged', async () => {
    const written = await manifest();
    expect(() => parseManifest('manifests/2026-02-01.0001.json', printManifest(written))).toThrow(
      'it is that of 2026-01-31, edition 1',
    );
  });

  it('of a newer release is not guessed at', async () => {
    const written = await manifest();
    const newer = changed(printManifest(written), '"lms_archive": 1', '"lms_archive": 2');
    expect(() => parseManifest(manifestName(written), newer)).toThrow('newer release');
  });

  it('and its parts have names in the order of days, editions and parts', () => {
    const day = '2026-01-31';
    expect(manifestName({ day, edition: 1 })).toBe('manifests/2026-01-31.0001.json');
    expect(partName({ day, edition: 2 }, 17)).toBe('entries/2026-01-31/0002.0017.ndjson.gz');
    expect(parseManifestName('manifests/2026-01-31.0012.json')).toEqual({ day, edition: 12 });
    expect(parsePartName('entries/2026-01-31/0002.0017.ndjson.gz')).toEqual({ day, edition: 2, part: 17 });
    expect(parseManifestName('manifests/notes.txt')).toBeUndefined();
    expect(parsePartName('entries/2026-01-31/notes.txt')).toBeUndefined();
  });
});
