import { expect } from 'vitest';
import type { DayReport } from '../../../src/app/archive/run-archive.ts';
import { runArchive } from '../../../src/app/archive/run-archive.ts';
import { verifyArchive } from '../../../src/app/archive/verify-archive.ts';
import { listArchive, readDay } from '../../../src/archive/archive.ts';
import type { Place } from '../../../src/archive/place.ts';
import type { StoredEntry } from '../../../src/logs/entry.ts';
import type { EntryReader } from '../../../src/query/answers/ports.ts';
import type { Hold } from '../../../src/retention/ports.ts';
import { openEntryReader, openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { archiveGround, listed } from '../../archive/archive-ground.ts';
import { scratchDatabase } from '../../cli/scratch-database.ts';
import { oldEntries } from '../../support/old-entries.ts';
import { RecordingLog } from '../../support/recording-log.ts';

export const COUNT = 120;
const BEFORE = '2026-02-10';

export interface Bench extends AsyncDisposable {
  readonly store: Store;
  readonly reader: EntryReader;
  readonly place: Place;
}

export async function bench(): Promise<Bench> {
  const scratch = scratchDatabase();
  const archive = await archiveGround();
  const target = { kind: 'sqlite', path: scratch.url.slice('sqlite:'.length) } as const;
  const store = await openStore(target, { log: new RecordingLog() });
  await store.migrate();
  await store.write(oldEntries(COUNT));
  const reader = await openEntryReader(target, { log: new RecordingLog(), connections: 1 });
  return {
    ...{ store, reader, place: archive.place },
    async [Symbol.asyncDispose]() {
      await reader.close();
      await store.close();
      scratch[Symbol.dispose]();
      await archive[Symbol.asyncDispose]();
    },
  };
}

export interface Changes {
  readonly place?: Place;
  readonly deleter?: Pick<Store, 'deleteEntries'> | undefined;
  readonly holds?: () => Promise<readonly Hold[]>;
  readonly partBytes?: number | undefined;
  readonly onUnlisted?: (error: unknown) => void;
}

export async function run({ store, reader, place }: Bench, changes: Changes = {}): Promise<DayReport[]> {
  const parts = {
    ...{
      place,
      reader,
      deleter: store,
      release: '1.2.3',
      now: () => '2026-03-01T00:00:00.000Z',
      partBytes: 6_000,
    },
    holds: () => Promise.resolve([]),
    signal: new AbortController().signal,
    progress: { archived: 0, verified: 0, deleted: 0 },
    onUnlisted: (error: unknown) => {
      throw error;
    },
    ...changes,
  };
  return await listed(runArchive(BEFORE, parts));
}

export async function rows({ store }: Bench): Promise<StoredEntry[]> {
  return await listed(store.entries());
}

export async function archived({ place }: Bench): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (const day of (await listArchive(place, {}, { fresh: true })).days)
    for await (const entries of readDay(place, day)) found.push(...entries);
  return found;
}

export async function expectVerified({ place }: Bench): Promise<void> {
  const signal = new AbortController().signal;
  for await (const { faults, unfinished } of verifyArchive(place, { signal }))
    expect({ faults, unfinished }).toEqual({ faults: [], unfinished: [] });
}

/** A place that does some of it in another way. */
export function changed(place: Place, changes: Partial<Place>): Place {
  return {
    text: place.text,
    list: (...args) => place.list(...args),
    read: (...args) => place.read(...args),
    write: (...args) => place.write(...args),
    remove: (...args) => place.remove(...args),
    removeLeftovers: (...args) => place.removeLeftovers(...args),
    ...changes,
  };
}
