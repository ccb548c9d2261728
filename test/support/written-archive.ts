import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { Directory } from '../../src/archive/directory.ts';
import { entryLine } from '../../src/archive/entry-line.ts';
import { manifestName, type PartManifest, partName, printManifest } from '../../src/archive/manifest.ts';
import { isBefore, Tally } from '../../src/archive/part-contents.ts';
import type { Place } from '../../src/archive/place.ts';
import type { LogEntry, StoredEntry } from '../../src/logs/entry.ts';

/** When the rows of `stored` were written. */
const WRITTEN_AT = '2026-11-02 00:00:00.000000';

/** An entry as a row that was written long ago. */
export function stored(entry: LogEntry): StoredEntry {
  return { ...entry, createdAt: WRITTEN_AT };
}

/** A directory of the test's own. */
export async function archiveDirectory(): Promise<Directory> {
  const path = await mkdtemp(join(tmpdir(), 'lms-test-archive-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return new Directory(path);
}

/** Writes entries as an archive has them: an edition of each day, in parts of so many rows. */
export async function writeArchive(
  place: Place,
  entries: readonly StoredEntry[],
  { edition = 1, partRows = 1_000 }: { readonly edition?: number; readonly partRows?: number } = {},
): Promise<void> {
  const inOrder = entries.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  for (const [day, ofDay] of Map.groupBy(inOrder, ({ timestamp }) => timestamp.slice(0, 10))) {
    const parts: PartManifest[] = [];
    for (let at = 0; at < ofDay.length; at += partRows) {
      const name = partName({ day, edition }, parts.length + 1);
      parts.push(await writePart(place, name, ofDay.slice(at, at + partRows)));
    }
    const sum = (read: (part: PartManifest) => number) => parts.reduce((all, part) => all + read(part), 0);
    const whole = {
      ...told(ofDay),
      bytes: sum(({ bytes }) => bytes),
      textBytes: sum(({ textBytes }) => textBytes),
    };
    const manifest = { day, edition, ...whole, parts, release: '0.0.0', writtenAt: '2026-11-30T00:00:00Z' };
    await place.write(manifestName(manifest), once(printManifest(manifest)));
  }
}

async function writePart(place: Place, name: string, entries: readonly StoredEntry[]): Promise<PartManifest> {
  const text = entries.map((entry) => `${entryLine(entry)}\n`).join('');
  const file = gzipSync(text);
  await place.write(name, once(file));
  const textBytes = Buffer.byteLength(text);
  return {
    name,
    ...told(entries),
    bytes: file.length,
    textBytes,
    sha256: sha256(file),
    textSha256: sha256(text),
  };
}

function told(entries: readonly StoredEntry[]) {
  const tally = new Tally();
  tally.add(entries);
  return tally.contents()!;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function* once(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content));
}
