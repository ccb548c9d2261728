import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../pipeline/clock.ts';
import type { Log } from '../../pipeline/ports.ts';
import type { EntryReader } from '../../query/answers/ports.ts';
import type { RetentionBook, StoredSize } from '../../retention/ports.ts';
import type { RetentionParts } from '../../retention/run.ts';
import { Lazy } from '../../store/lazy.ts';
import {
  openEntryReader,
  openRetentionBook,
  openServerPace,
  openStorage,
  openStore,
} from '../../store/open.ts';
import { requireSchema } from '../../store/schema.ts';
import type { Store } from '../../store/store.ts';

/** What retention works with in a database. The rest is opened once rows are looked at. */
export interface OpenedRetention {
  readonly book: RetentionBook;
  /** Of the database that is written to: a replica may not have yet, or still have, what is deleted. */
  reader(): Promise<EntryReader>;
  /** What a run is made of, but for the lease that it is under. Rejects as `openStore` does. */
  parts(): Promise<Omit<RetentionParts, 'signal'>>;
  /** How large the tables are now. */
  size(): Promise<StoredSize | undefined>;
  close(): Promise<void>;
}

/** Opens nothing before it is asked. */
export function openRetention({
  settings,
  log,
}: {
  readonly settings: Settings;
  readonly log: Log;
}): OpenedRetention {
  const { database, readDatabase, retentionCpuPercent } = settings;
  const book = openRetentionBook(database, { log });
  const reader = new Lazy(() => openEntryReader(database, { log, connections: 1 }));
  const store = new Lazy(() => openedStore(settings, log));
  const pace = new Lazy(() => openServerPace(database, readDatabase, { log }));
  return {
    book,
    reader: () => reader.opened(),
    async parts() {
      return {
        book,
        reader: await reader.opened(),
        deleter: await store.opened(),
        pace: await pace.opened(),
        clock: systemClock,
        ownNowMs: () => Date.now(),
        share: retentionCpuPercent / 100,
      };
    },
    async size() {
      const storage = await openStorage(database, { log });
      try {
        return await storage.size();
      } finally {
        await storage.close();
      }
    },
    async close() {
      for (const part of [store, reader, pace, book]) await part.close();
    },
  };
}

async function openedStore({ database }: Settings, log: Log): Promise<Store> {
  const store = await openStore(database, { log, connections: 1, create: false });
  try {
    await requireSchema(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
