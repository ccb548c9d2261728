import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Directory } from '../../src/archive/directory.ts';
import type { DayManifest } from '../../src/archive/manifest.ts';
import { writeEdition, type Writing } from '../../src/archive/write-edition.ts';
import type { StoredEntry } from '../../src/logs/entry.ts';

export const DAY = '2026-01-31';

/** An entry of a day, the later the larger its number. */
export function stored(n: number, changes: Partial<StoredEntry> = {}): StoredEntry {
  const micros = String(n).padStart(11, '0');
  return {
    timestamp: `${DAY} 00:${micros.slice(1, 3)}:${micros.slice(3, 5)}.${micros.slice(5)}`,
    eventId: `event-${String(n)}`,
    serviceName: n % 3 === 0 ? 'alpha' : 'bravo',
    severity: n % 2 === 0 ? 'info' : 'error',
    payload: `number ${String(n)}`,
    tags: n % 5 === 0 ? `{"n": ${String(n)}.00}` : null,
    createdAt: '2026-02-01 00:00:00.123456',
    ...changes,
  };
}

export function storedFrom(first: number, count: number): StoredEntry[] {
  return Array.from({ length: count }, (_none, index) => stored(first + index));
}

/** Some at a time, of different lengths. */
export async function* batches(entries: readonly StoredEntry[]): AsyncGenerator<readonly StoredEntry[]> {
  for (let at = 0, size = 1; at < entries.length; at += size, size = (size % 7) + 1)
    yield await Promise.resolve(entries.slice(at, at + size));
}

export async function all<T>(lists: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const list of lists) found.push(...list);
  return found;
}

export async function listed<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

/** An archive in a directory of a test's own. */
export interface ArchiveGround extends AsyncDisposable {
  readonly place: Directory;
  write(entries: readonly StoredEntry[], edition?: number, writing?: Partial<Writing>): Promise<DayManifest>;
  read(name: string): Promise<Buffer>;
  replace(name: string, data: Buffer | string): Promise<void>;
}

export async function archiveGround(): Promise<ArchiveGround> {
  const path = await mkdtemp(join(tmpdir(), 'lms-archive-'));
  const place = new Directory(path);
  return {
    place,
    async write(entries, edition = 1, writing = {}) {
      const manifest = await writeEdition(
        { day: DAY, edition, entries: batches(entries) },
        { place, release: '1.2.3', now: () => '2026-03-01T00:00:00.000Z', partBytes: 2_000, ...writing },
      );
      if (manifest === undefined) throw new Error('there was nothing to write');
      return manifest;
    },
    read: (name) => readFile(join(path, name)),
    replace: (name, data) => writeFile(join(path, name), data),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
