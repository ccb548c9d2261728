import { openStore } from '../../src/store/open.ts';
import { settingsOf, SILENT } from '../target.ts';
import { type DailySet, loadDays, type Loaded } from './days.ts';
import type { KeptServer } from './server.ts';

/** Makes the tables of a set and fills them, or what is missing of it. */
export async function fillSet(
  server: KeptServer,
  set: DailySet,
  print: (text: string) => void,
): Promise<Loaded> {
  await makeTables(server, set.database);
  return loadDays(server, set, print);
}

/** Makes a database with our tables, or the tables that it lacks. */
export async function makeTables(server: KeptServer, database: string): Promise<void> {
  await server.run(`CREATE DATABASE IF NOT EXISTS ${database}`);
  const store = await openStore(settingsOf(server.urlOf(database)).database, { log: SILENT });
  await store.migrate();
  await store.close();
}
