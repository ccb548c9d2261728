import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from './database.ts';

const PROGRAM = fileURLToPath(new URL('processes/reader.ts', import.meta.url));

/** Someone who asks questions while something else is measured. */
export interface Reader {
  /** Ends it. Throws if it asked nothing: then nothing was measured beside it. */
  stop(): Promise<void>;
}

/** Starts it; it asks from now on. */
export async function startReader(database: Database, questionsPerSecond: number): Promise<Reader> {
  const child = fork(PROGRAM, [String(questionsPerSecond)], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  await once(child, 'message');
  return {
    stop: async () => {
      child.send('stop');
      const [asked] = (await once(child, 'message')) as [number];
      if (asked === 0) throw new Error('the reader asked nothing');
    },
  };
}
