import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRecords } from '../../src/agent/spool/records.ts';
import { listening } from '../../test/support/ports.ts';
import { type Ending, WorkerProcess } from '../worker-process.ts';

/** They take what an earlier one compiled, and start in half the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../output/compile-cache', import.meta.url));
/** What a stop may take beyond SHUTDOWN_TIMEOUT on a busy machine. */
const GRACE_MS = 30_000;
const SHUTDOWN_SECONDS = 3;
const START_MS = 30_000;
/** So little that senders are held up while the broker is away. */
const SPOOL = '300KB';

/** How the agent of a round runs. */
export interface AgentOptions {
  /** The log that is followed. */
  readonly log: string;
  /** Where senders connect. */
  readonly port: number;
  readonly state: string;
  /** For what its processes print. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** An agent: one process after the other, on the same state. */
export class RunningAgent implements AsyncDisposable {
  /** Endings that its promises rule out. */
  readonly problems: string[] = [];
  readonly #options: AgentOptions;
  #process: WorkerProcess;
  #runs = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#process = this.#start();
  }

  start(): void {
    this.#process = this.#start();
  }

  /** Resolves once it listens, or has taken too long. */
  async begun(): Promise<void> {
    await listening('127.0.0.1', this.#options.port, AbortSignal.timeout(START_MS)).catch(() => undefined);
  }

  /** SIGKILL; resolves once it has ended. */
  async kill(): Promise<void> {
    const process = this.#process;
    const before = await within(process, 0);
    if (before !== undefined) this.#judge(before, 'by itself');
    process.signal('SIGKILL');
    await process.ended;
  }

  /** SIGTERM; resolves once it has ended. */
  async stop(): Promise<void> {
    const process = this.#process;
    const before = await within(process, 0);
    process.signal('SIGTERM');
    const ending = before ?? (await within(process, SHUTDOWN_SECONDS * 1_000 + GRACE_MS));
    if (ending === undefined) {
      this.problems.push('the agent did not end in time after SIGTERM');
      process.signal('SIGKILL');
      await process.ended;
    } else this.#judge(ending, before === undefined ? 'after SIGTERM' : 'by itself');
  }

  /** SIGSTOP, and SIGCONT after a time. */
  async freeze(forMs: number): Promise<void> {
    this.#process.signal('SIGSTOP');
    await delay(forMs);
    this.#process.signal('SIGCONT');
  }

  /** Payloads in the spool of an agent that has ended. */
  async spooled(): Promise<string[]> {
    const spool = join(this.#options.state, 'spool');
    const names = await readdir(spool, { recursive: true }).catch(() => []);
    const payloads: string[] = [];
    for (const name of names.filter((each) => each.endsWith('.spool'))) {
      const { batches } = readRecords(await readFile(join(spool, name)));
      for (const { entries } of batches) payloads.push(...entries.map(({ payload }) => payload));
    }
    return payloads;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  #start(): WorkerProcess {
    this.#runs += 1;
    const { log, port, state, directory, env } = this.#options;
    const args = ['agent', log, `tcp-listen://127.0.0.1:${String(port)}`, '--state', state, '--spool', SPOOL];
    return new WorkerProcess(
      `${directory}agent-${String(this.#runs)}`,
      {
        SHUTDOWN_TIMEOUT: String(SHUTDOWN_SECONDS),
        METADATA_SERVER_DETECTION: 'none',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...env,
      },
      args,
    );
  }

  #judge({ status, signal, lastLines }: Ending, when: string): void {
    // One that was stopped while it was still being loaded ends as any program does.
    if (when !== 'by itself' && (status === 0 || signal === 'SIGTERM')) return;
    const how = signal ?? `status ${String(status)}`;
    this.problems.push(
      `agent ${String(this.#runs)} ended ${when} with ${how}:\n    ${lastLines.join('\n    ')}`,
    );
  }
}

/** Undefined if it has not ended in time. */
async function within(process: WorkerProcess, ms: number): Promise<Ending | undefined> {
  return Promise.race([process.ended, delay(ms, undefined, { ref: false })]);
}
