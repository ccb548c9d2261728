import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Where the logs of the processes and their reports go. */
export const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));

/** A process of the built program. */
export interface Lms {
  readonly process: ChildProcess;
  /** Standard output and standard error so far, a string for each line. */
  readonly lines: readonly string[];
  /** Resolves to the exit status (null after a signal) once everything it printed was read. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts `lms` with its arguments. Each line that it prints goes to `output/<name>.log` with the time at
 * which it came.
 */
export function startLms(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Lms {
  mkdirSync(OUTPUT, { recursive: true });
  const log = createWriteStream(`${OUTPUT}${name}.log`);
  const child = spawn(process.execPath, [MAIN, ...args], {
    // Only what a test names: no setting of this machine gets in.
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    cwd: OUTPUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const read = async (stream: Readable) => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line);
      log.write(`${new Date().toISOString()} ${line}\n`);
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]);
  const ended = once(child, 'close').then(async ([status]) => {
    await reading;
    log.end();
    return typeof status === 'number' ? status : null;
  });
  return { process: child, lines, ended };
}
