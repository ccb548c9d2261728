import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from './database.ts';

const READER = fileURLToPath(new URL('processes/reader.ts', import.meta.url));
const VISITORS = fileURLToPath(new URL('processes/visitors.ts', import.meta.url));

/** Someone who asks questions while something else is measured. */
export interface Reader {
  /** Ends it. Throws if it asked nothing: then nothing was measured beside it. */
  stop(): Promise<void>;
}

/** Starts one who asks the database; he asks from now on. */
export function startReader(database: Database, questionsPerSecond: number): Promise<Reader> {
  return started(
    fork(READER, [String(questionsPerSecond)], { env: { ...process.env, DATABASE_URL: database.url } }),
  );
}

/** Starts many who ask an `lms serve`, each on a connection of his own. */
export function startVisitors(
  url: string,
  { connections, questionsPerSecond }: { readonly connections: number; readonly questionsPerSecond: number },
): Promise<Reader> {
  return started(fork(VISITORS, [url, String(connections), String(questionsPerSecond)]));
}

async function started(child: ChildProcess): Promise<Reader> {
  await once(child, 'message');
  return {
    stop: async () => {
      child.send('stop');
      const [asked] = (await once(child, 'message')) as [number];
      if (asked === 0) throw new Error('the reader asked nothing');
    },
  };
}
