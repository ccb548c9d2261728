import { openStore } from '../../src/store/open.ts';
import { accessLog } from '../access-log.ts';
import { fillTables } from '../fill-tables.ts';
import { measured } from '../measure.ts';
import type { Case } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { settingsOf, SILENT } from '../target.ts';

const PLAIN = 'writer of access logs';
/** The line that the documentation has for access logs. */
const TAGS = ['user', 'method', 'code'];

/** What indexes of tags cost whoever writes: the same rows into a table without any, and into one with three. */
export function tagIndexCases(stage: Stage, rows: number): Case[] {
  return [
    { group: 'store', name: PLAIN, unit: 'messages/s', against: [], run: () => written(stage, rows, []) },
    {
      group: 'store',
      name: 'writer with indexed tags',
      unit: 'messages/s',
      against: [PLAIN],
      run: () => written(stage, rows, TAGS),
    },
  ];
}

async function written(stage: Stage, rows: number, tags: readonly string[]) {
  const database = await stage.database.fresh();
  const store = await openStore(settingsOf(database.url).database, { log: SILENT });
  await store.migrate();
  for (const tag of tags) await store.addTagIndex(tag);
  let done = 0;
  const sample = await measured({
    pids: [process.pid],
    messages: rows,
    serverPid: stage.database.pid,
    begin: async () => {
      await fillTables(database, rows, accessLog);
      done = rows;
    },
    done: () => Promise.resolve(done),
  });
  await store.close();
  await database.requireRows(rows);
  await database.drop();
  // Its memory is that of the benchmark itself.
  return { ...sample, peakRssBytes: undefined };
}
