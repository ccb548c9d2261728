import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';
import { type LmsProcess, startLms } from './lms-process.ts';
import type { Stage } from './stage.ts';
import { until } from './waiting.ts';

/** A running `lms serve`. */
export interface ServeProcess extends LmsProcess {
  readonly url: string;
}

/** Starts the built one on a free port of this machine, with these settings; without jobs, which would be measured too. */
export async function startServe(stage: Stage, env: Readonly<Record<string, string>>): Promise<ServeProcess> {
  const port = await freePort();
  const directory = await mkdtemp(join(stage.directory, 'serve-'));
  const all = { LOG_LEVEL: 'warn', JOBS: 'none', SERVE_PORT: String(port), ...env };
  const server = startLms(['serve', '--no-create'], { env: all, directory });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => (await fetch(`${url}/livez`).catch(() => undefined))?.ok === true;
  await until('lms serve to answer', answers, 20);
  return { ...server, url };
}
