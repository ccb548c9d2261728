import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { foreignClientsAreRequired } from './foreign.ts';

const ENSURE = join(import.meta.dirname, '../../scripts/ensure-rsyslog');
/** The first time, packages are fetched and installed. */
const ENSURE_TIMEOUT_MS = 300_000;

/** A running rsyslogd that follows a file. */
export interface Rsyslog extends AsyncDisposable {
  /** Writes lines to its file. */
  log(lines: readonly string[]): Promise<void>;
  /** Ends it as a service is stopped, and starts it again with what it has kept. */
  restart(): Promise<void>;
}

/** Why this machine cannot have rsyslog; undefined: it has. Throws where it is required. */
export async function obstacleToRsyslog(): Promise<string | undefined> {
  try {
    await promisify(execFile)(ENSURE, { timeout: ENSURE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    if (foreignClientsAreRequired()) throw error;
    return String(error);
  }
}

/** Starts one that sends to `_bulk` at this port of 127.0.0.1, as its documents say, and tries for ever. */
export function startRsyslog(port: number, index: string): Promise<Rsyslog> {
  const config = `module(load="omelasticsearch")
action(type="omelasticsearch" server="127.0.0.1" serverport="${port}" searchIndex="${index}" searchType=""
       bulkmode="on" action.resumeRetryCount="-1" action.resumeInterval="1")
`;
  return startRsyslogWith(config, {});
}

/** Starts one that does with the lines of a file, of the program `app`, what a configuration says. */
export async function startRsyslogWith(
  config: string,
  env: Readonly<Record<string, string>>,
): Promise<Rsyslog> {
  const directory = await mkdtemp(join(tmpdir(), 'lms-test-rsyslog-'));
  const [file, configFile] = [join(directory, 'app.log'), join(directory, 'rsyslog.conf')];
  await writeFile(file, '');
  await writeFile(
    configFile,
    `global(workDirectory="${directory}")
module(load="imfile")
input(type="imfile" file="${file}" tag="app:" severity="warning" facility="local0")
${config}`,
  );
  const start = () => {
    const child = spawn('rsyslogd', ['-n', '-f', configFile, '-i', join(directory, 'pid')], {
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, ...env },
      stdio: 'ignore',
    });
    return { child, ended: once(child, 'exit') };
  };
  let running = start();
  const stop = async () => {
    running.child.kill();
    await running.ended;
  };
  return {
    log: (lines) => appendFile(file, lines.map((line) => `${line}\n`).join('')),
    async restart() {
      await stop();
      running = start();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}
