import { onTestFinished } from 'vitest';
import type { Job } from '../../src/app/jobs/job.ts';
import { runServer, type StartedServer } from '../../src/app/run-server.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/sources.ts';
import type { StoreTarget } from '../../src/store/connection-target.ts';
import { RecordingLog } from './recording-log.ts';

/** A server of this process that does a job beside. */
export interface JobServer {
  readonly url: string;
  readonly log: RecordingLog;
  stop(): Promise<void>;
}

/** Starts `lms serve` on a free port; it is stopped when the test ends. */
export async function startJobServer(
  database: StoreTarget,
  job: Job,
  env: Environment = {},
): Promise<JobServer> {
  const log = new RecordingLog();
  const stop = new AbortController();
  const { settings } = loadSettings({ flags: {}, env: { SERVE_PORT: '0', ...env }, dotenvPath: undefined });
  const begun = Promise.withResolvers<StartedServer>();
  const running = runServer({
    settings: { ...settings, database },
    create: false,
    log,
    stop: stop.signal,
    started: begun.resolve,
    jobs: [() => job],
  });
  running.catch(begun.reject);
  const stopped = () => {
    stop.abort();
    return running;
  };
  onTestFinished(stopped);
  const { url } = await begun.promise;
  return { url, log, stop: stopped };
}
