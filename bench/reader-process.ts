import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from './database.ts';
import type { Sample } from './sample.ts';
import { delays } from './timed.ts';

const READER = fileURLToPath(new URL('processes/reader.ts', import.meta.url));
const VISITORS = fileURLToPath(new URL('processes/visitors.ts', import.meta.url));

/** Someone who asks questions while something else is measured. */
export interface Reader {
  /** Ends it, and says how long it waited. Throws if it asked nothing: then nothing was measured beside it. */
  stop(): Promise<Pick<Sample, 'p50Ms' | 'p99Ms'>>;
}

/** What is asked of a database: newest pages with their bars, or pages by the tags of access logs. */
export type Asked = 'pages' | 'tags';

/** Starts one who asks the database; he asks from now on. */
export function startReader(
  database: Database,
  { asked = 'pages', questionsPerSecond }: { readonly asked?: Asked; readonly questionsPerSecond: number },
): Promise<Reader> {
  const env = { ...process.env, DATABASE_URL: database.url };
  return started(fork(READER, [String(questionsPerSecond), asked], { env }));
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
      const [tookMs] = (await once(child, 'message')) as [readonly number[]];
      if (tookMs.length === 0) throw new Error('the reader asked nothing');
      const { p50Ms, p99Ms } = delays(tookMs);
      return { p50Ms, p99Ms };
    },
  };
}
