import { loadSettings } from '../src/config/settings.ts';
import type { LogEntry } from '../src/logs/entry.ts';
import { openStore } from '../src/store/open.ts';
import type { Database } from './database.ts';

const BATCH = 5_000;
const LANES = 2;
const NO_LOG = { debug() {}, info() {}, warn() {}, error() {} };

/** Writes entries from number 0 on, with their counts, as a worker does. */
export async function fillTables(
  database: Database,
  count: number,
  entries: (start: number, count: number) => LogEntry[],
): Promise<void> {
  const { settings } = loadSettings({
    flags: {},
    env: { DATABASE_URL: database.url },
    dotenvPath: undefined,
  });
  const store = await openStore(settings.database, { log: NO_LOG, connections: LANES });
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
