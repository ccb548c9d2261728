import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '../database.ts';
import { measured } from '../measure.ts';
import { USUAL } from '../messages.ts';
import type { Case, Sample } from '../sample.ts';
import type { Stage } from '../stage.ts';
import { limitName } from './database-limit.ts';

const PROGRAM = fileURLToPath(new URL('../processes/store.ts', import.meta.url));

export const STORE = 'flusher and store';

/** Flusher and store, with entries that lie ready in memory. */
export function storeCase(stage: Stage, messages: number): Case {
  return {
    group: 'store',
    name: STORE,
    unit: 'messages/s',
    against: [limitName(USUAL.bytes)],
    targets: [{ column: 'ratio', atLeast: 0.75 }],
    run: async () => {
      const database = await stage.database.fresh();
      const sample = await writeMany(database, messages, 0, stage.database.pid);
      await database.requireRows(messages);
      await database.drop();
      // Its memory is that of the entries it was given.
      return { ...sample, peakRssBytes: undefined };
    },
  };
}

/**
 * Writes that many entries, from number `start` on, with the flusher and the store, in a process of their
 * own.
 */
export async function writeMany(
  database: Database,
  messages: number,
  start = 0,
  serverPid?: number,
): Promise<Sample> {
  const child = fork(PROGRAM, [String(messages), String(start)], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  let done = 0;
  await once(child, 'message');
  child.once('message', () => {
    done = messages;
  });
  const sample = await measured({
    pids: [child.pid ?? 0],
    messages,
    serverPid,
    begin: () => {
      child.send('go');
      return Promise.resolve();
    },
    done: () => Promise.resolve(done),
  });
  child.kill();
  await once(child, 'exit');
  return sample;
}
