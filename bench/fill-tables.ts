import type { LogEntry } from '../src/logs/entry.ts';
import { openStore } from '../src/store/open.ts';
import type { Database } from './database.ts';
import { settingsOf, SILENT } from './target.ts';

const BATCH = 5_000;
const LANES = 2;

/** Writes entries from number 0 on, with their counts, as a worker does. */
export async function fillTables(
  database: Database,
  count: number,
  entries: (start: number, count: number) => LogEntry[],
): Promise<void> {
  const store = await openStore(settingsOf(database.url).database, { log: SILENT, connections: LANES });
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const start = next;
      next += BATCH;
      await store.write(entries(start, Math.min(BATCH, count - start)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await store.close();
}
