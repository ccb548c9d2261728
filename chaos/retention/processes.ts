import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Ending, WorkerProcess } from '../worker-process.ts';
import type { Place } from './place.ts';

/** Which program does the rules. */
export type Doer = 'lms retain' | 'lms serve';

const COMMANDS: Readonly<Record<Doer, readonly string[]>> = {
  'lms retain': ['retain', '--follow', '--json'],
  'lms serve': ['serve', '--serve-port', '0'],
};
/** They take what an earlier one compiled, and start in half the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../output/compile-cache', import.meta.url));
/** What a stop may take: the transaction that is under way, on a busy machine. */
const STOP_MS = 60_000;
/**
 * How one may end by itself: it could not reach its database, somebody has the lease, or has taken it, or a clock is
 * wrong. Another exit status is a bug.
 */
const MAY_END_WITH: ReadonlySet<number | null> = new Set([3, 20, 21, 25]);
export const LEASE_HELD = 20;

/** Starts processes of the built program that do the rules, and judges how they end. */
export class Processes implements AsyncDisposable {
  /** Endings that are ruled out. */
  readonly problems: string[] = [];
  readonly #place: Place;
  readonly #directory: string;
  readonly #started: WorkerProcess[] = [];

  /** Logs go to the directory. */
  constructor(place: Place, directory: string) {
    this.#place = place;
    this.#directory = directory;
  }

  /** On a cluster, processes of different slots begin with different nodes. */
  start(doer: Doer, slot = 0): WorkerProcess {
    const env = {
      DATABASE_URL: this.#place.processUrl(slot),
      // On a file a run would be over before anything happened to it.
      RETENTION_CPU_PERCENT: this.#place.kind === 'sqlite' ? '20' : '100',
      // So large that it is looked at and does nothing.
      RETENTION_MAX_BYTES: '1000000000000',
      JOBS: 'retention,words,rollups',
      LMS_TAIL: 'off',
      METADATA_SERVER_DETECTION: 'none',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    };
    const path = `${this.#directory}process-${String(this.#started.length + 1)}`;
    const running = new WorkerProcess(path, env, COMMANDS[doer]);
    this.#started.push(running);
    return running;
  }

  /** SIGSTOP, and SIGCONT after a time, by another program: a file that it has locked may hold up this one. */
  async freeze(running: WorkerProcess, forMs: number): Promise<void> {
    const seconds = String(forMs / 1_000);
    const script = 'kill -STOP "$1"; sleep "$2"; kill -CONT "$1"';
    const freezer = spawn('sh', ['-c', script, 'sh', String(running.pid), seconds], { stdio: 'ignore' });
    await once(freezer, 'exit');
  }

  /** SIGKILL. */
  async kill(running: WorkerProcess): Promise<void> {
    const ending = await ended(running, 0);
    if (ending !== undefined) this.#judge(ending);
    running.signal('SIGKILL');
    await running.ended;
  }

  /** SIGTERM, if it has not ended by itself: it ends after its transaction. */
  async stop(running: WorkerProcess): Promise<Ending> {
    const before = await ended(running, 0);
    if (before !== undefined) {
      this.#judge(before);
      return before;
    }
    running.signal('SIGTERM');
    const ending = await ended(running, STOP_MS);
    if (ending === undefined) {
      this.problems.push(`a process did not end within ${String(STOP_MS)} ms of SIGTERM`);
      running.signal('SIGKILL');
    } else if (ending.status !== 0) this.#judge(ending);
    return running.ended;
  }

  /** Ends whatever is left of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#started) running.signal('SIGKILL');
    await Promise.all(this.#started.map(({ ended: ending }) => ending));
  }

  #judge({ status, signal, lastLines }: Ending): void {
    // One that was stopped while it was still being loaded ends as any program does.
    if (MAY_END_WITH.has(status) || signal === 'SIGTERM') return;
    const how = signal ?? `status ${String(status)}`;
    this.problems.push(`a process ended with ${how}:\n    ${lastLines.join('\n    ')}`);
  }
}

/** Undefined if it has not ended in time. */
export async function ended(running: WorkerProcess, timeoutMs: number): Promise<Ending | undefined> {
  return Promise.race([running.ended, delay(timeoutMs, undefined, { ref: false })]);
}
