import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { foreignClientsAreRequired } from './foreign.ts';

const run = promisify(execFile);
const ENSURE = join(import.meta.dirname, '../../scripts/ensure-logrotate');
/** The first time, packages are fetched and installed. */
const ENSURE_TIMEOUT_MS = 300_000;
/** Debian has it where only root looks. */
const ENV = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** Why this machine cannot have logrotate; undefined: it has. Throws where it is required. */
export async function obstacleToLogrotate(): Promise<string | undefined> {
  try {
    await run(ENSURE, { timeout: ENSURE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    if (foreignClientsAreRequired()) throw error;
    return String(error);
  }
}

/** How a log is rotated. */
export interface Rotation {
  /** Of logrotate's configuration. */
  readonly directives: readonly string[];
  /**
   * What its writer does: `waited for` opens the new file before logrotate goes on; `told` does it soon; `paused`
   * writes nothing from before logrotate copies until it has truncated, as what comes between is lost by that.
   */
  readonly writer: 'waited for' | 'told' | 'paused';
}

/** A log that a program writes to, and the real logrotate rotates. */
export class RotatedLog {
  readonly path: string;
  readonly lines: string[] = [];
  readonly #folder: string;
  #isWriting = true;
  #file: FileHandle | undefined;
  #rotatedAtSecond = 0;

  /** The folder is for logrotate's own files: none of them are logs. */
  constructor(path: string, folder: string) {
    this.path = path;
    this.#folder = folder;
  }

  /** Writes numbered lines, some of them torn, until `stop`. */
  async write(): Promise<void> {
    this.#file = await open(this.path, 'a');
    while (this.#isWriting) {
      if (this.#takes('hold')) await this.#resumed();
      if (this.#takes('reopen')) await this.#reopen();
      await this.#writeSome();
      await sleep(1);
    }
    await this.#file.close();
  }

  /** Rotates so often, one after another, while it is written to. */
  async rotate({ directives, writer }: Rotation, times: number): Promise<void> {
    const config = join(this.#folder, 'logrotate.conf');
    const asks = (flag: string) => {
      const path = join(this.#folder, flag);
      const wait = writer === 'told' ? '' : `; while [ -e '${path}' ]; do sleep 0.01; done`;
      return `    touch '${path}'${wait}\n  endscript`;
    };
    const before = writer === 'paused' ? [`prerotate\n${asks('hold')}`] : [];
    const all = ['rotate 1000', 'missingok', ...directives, ...before, `postrotate\n${asks('reopen')}`];
    await writeFile(config, `'${this.path}' {\n${all.map((line) => `  ${line}\n`).join('')}}\n`, {
      mode: 0o600,
    });
    for (let time = 0; time < times; time += 1) {
      const count = this.lines.length;
      while (this.lines.length < count + 50) await sleep(2);
      // A date in a name is of a second.
      while (directives.includes('dateext') && secondNow() === this.#rotatedAtSecond) await sleep(20);
      this.#rotatedAtSecond = secondNow();
      await run('logrotate', ['--force', '--state', join(this.#folder, 'logrotate.state'), config], {
        env: ENV,
      });
    }
  }

  stop(): void {
    this.#isWriting = false;
  }

  async #writeSome(): Promise<void> {
    for (let count = 0; count < 5; count += 1) {
      const line = `${String(this.lines.length + 1).padStart(7, '0')} ${'x'.repeat(this.lines.length % 90)}.`;
      this.lines.push(line);
      const middle = this.lines.length % (line.length + 1);
      await this.#file?.write(line.slice(0, middle));
      await this.#file?.write(`${line.slice(middle)}\n`);
    }
  }

  /** Whether logrotate has asked for this; it goes on then. */
  #takes(flag: string): boolean {
    return existsSync(join(this.#folder, flag));
  }

  async #resumed(): Promise<void> {
    await rm(join(this.#folder, 'hold'));
    while (!this.#takes('reopen')) await sleep(2);
  }

  async #reopen(): Promise<void> {
    await this.#file?.close();
    this.#file = await open(this.path, 'a');
    await rm(join(this.#folder, 'reopen'));
  }
}

function secondNow(): number {
  return Math.floor(Date.now() / 1_000);
}
