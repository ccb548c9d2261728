import { afterAll, beforeAll, describe } from 'vitest';
import { loadSettings } from '../../src/config/settings.ts';
import type { LogEntry } from '../../src/logs/entry.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { scratchDatabase } from '../cli/scratch-database.ts';
import { freshDatabase } from './database.ts';
import { RecordingLog } from './recording-log.ts';
import { type ServeProcess, startServe } from './serve-process.ts';

const SEVERITIES = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

/** Many share a time, some have tags, and texts are of every kind. */
export const ENTRIES: readonly LogEntry[] = Array.from({ length: 600 }, (_none, n) => ({
  timestamp: `2026-11-25 14:${String(58 + (n % 2))}:${String(n % 7).padStart(2, '0')}.000000`,
  eventId: `event-${String(n).padStart(4, '0')}`,
  serviceName: ['cart', 'checkout', 'größe 😀'][n % 3] ?? '',
  severity: SEVERITIES[n % 5] ?? 'info',
  payload: n % 4 === 0 ? `a "quoted" line,\n\u0000 and ${String(n)}` : `Hello from ${String(n)}`,
  tags: n % 2 === 0 ? null : `{"code":${String(200 + n)},"user":{"name":"é"}}`,
}));
/** In the order of their keys. */
export const BY_KEY = ENTRIES.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));

function keyOf({ timestamp, eventId }: LogEntry): string {
  return `${timestamp} ${eventId}`;
}

/** A database that has them. */
export interface Ground extends AsyncDisposable {
  readonly url: string;
  /** Changes the tables behind the store's back; of SQLite alone. */
  readonly tamper?: (sql: string) => void;
}

/** A store on a database, closed in the end. */
export async function openedStore(url: string): Promise<Store & AsyncDisposable> {
  const { settings } = loadSettings({ flags: { DATABASE_URL: url }, env: {}, dotenvPath: undefined });
  const store = await openStore(settings.database, { log: new RecordingLog() });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

async function fill(url: string, entries: readonly LogEntry[]): Promise<void> {
  await using store = await openedStore(url);
  await store.migrate();
  for (let n = 0; n < entries.length; n += 5_000) await store.write(entries.slice(n, n + 5_000));
}

export async function onSqlite(entries = ENTRIES): Promise<Ground> {
  const scratch = scratchDatabase();
  await fill(scratch.url, entries);
  return {
    url: scratch.url,
    tamper: (sql) => scratch.tamper(sql),
    [Symbol.asyncDispose]: async () => scratch[Symbol.dispose](),
  };
}

export async function onMySql(entries = ENTRIES): Promise<Ground> {
  const database = await freshDatabase();
  await fill(database.url, entries);
  return { url: database.url, [Symbol.asyncDispose]: () => database.drop() };
}

/** Either database, for `describe.each`. Where tests are run again on another server, LMS_TEST_SQLITE=off leaves it out. */
export const DATABASES = (
  [
    ['SQLite', onSqlite],
    ['MySQL', onMySql],
  ] as const
).filter(([name]) => name !== 'SQLite' || process.env['LMS_TEST_SQLITE'] !== 'off');

/** Tests of a server on either database: in `tests`, once they run, `server` and `ground` are there. */
export function describeOnBoth(
  name: string,
  tests: (served: { readonly ground: () => Ground; readonly server: () => ServeProcess }) => void,
): void {
  describe.each(DATABASES)(`${name} on %s`, (_name, prepare) => {
    let ground: Ground | undefined;
    let server: ServeProcess | undefined;
    beforeAll(async () => {
      ground = await prepare();
      server = await startServe({ DATABASE_URL: ground.url }, [], { ofTest: false });
    });
    afterAll(async () => {
      await server?.stop();
      await ground?.[Symbol.asyncDispose]();
    });
    tests({ ground: () => there(ground), server: () => there(server) });
  });
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('tests have not begun');
  return value;
}
