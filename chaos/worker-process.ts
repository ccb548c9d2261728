import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ClockJump } from './clock-jumps.ts';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const CLOCK_JUMPS = new URL('./clock-jumps.ts', import.meta.url).href;
const STARTED = '"msg":"started"';

/** How a worker ended. */
export interface Ending {
  /** Exit status, or null after a signal. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it printed. */
  readonly lastLines: readonly string[];
}

/** A process of the built program: `lms mon`, or another command. What it prints goes to a log file. */
export class WorkerProcess {
  readonly ended: Promise<Ending>;
  /** Where it writes its ledger when it is stopped. */
  readonly reportPath: string;
  readonly #process: ChildProcess;
  #started = false;

  /** `path` without ending: `.log` and `.json` are added. `args`: of another command than `lms mon`. */
  constructor(path: string, env: Readonly<Record<string, string>>, args?: readonly string[]) {
    this.reportPath = `${path}.json`;
    const command = args ?? ['mon', '--report', this.reportPath];
    this.#process = spawn(process.execPath, ['--import', CLOCK_JUMPS, MAIN, ...command], {
      // Only what a round names: no setting of this machine gets in.
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.ended = this.#watch(`${path}.log`);
  }

  /** Whether it has got as far as reading the subscription. */
  get started(): boolean {
    return this.#started;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  jumpClock(jump: ClockJump): void {
    // One that has just been killed does not mind.
    this.#process.send(jump, () => undefined);
  }

  async #watch(logPath: string): Promise<Ending> {
    const log = createWriteStream(logPath);
    const lastLines: string[] = [];
    const read = async (stream: Readable | null) => {
      if (stream === null) return;
      for await (const line of createInterface({ input: stream })) {
        if (line.includes(STARTED)) this.#started = true;
        lastLines.push(line);
        if (lastLines.length > 5) lastLines.shift();
        log.write(`${line}\n`);
      }
    };
    const reading = Promise.all([read(this.#process.stdout), read(this.#process.stderr)]);
    await once(this.#process, 'close');
    await reading;
    log.end();
    return { status: this.#process.exitCode, signal: this.#process.signalCode, lastLines };
  }
}
