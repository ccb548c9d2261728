import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../../src/config/sources.ts';
import { compileCache, MAIN, type Outcome } from '../cli/lms.ts';

/**
 * Runs `lms` as a process of its own and sends SIGINT while it waits with its first output, which nobody reads until
 * the signal was taken.
 */
export async function interruptedLms(args: readonly string[], env: Environment): Promise<Outcome> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...compileCache(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (part: string) => (output.stderr += part));
  await once(child.stdout, 'readable');
  child.kill('SIGINT');
  await tookSignal(child.pid ?? 0);
  const ended = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output.stdout += part));
  await ended;
  return { status: child.exitCode, ...output };
}

/** Until no signal is pending, and the process waits again: whoever reads from it sooner races with the signal. */
async function tookSignal(pid: number): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    await delay(20);
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    const isQuiet = /^State:\tS/m.test(status) && !/^S(?:ig|hd)Pnd:\t0*[1-9a-f]/m.test(status);
    quiet = isQuiet ? quiet + 1 : 0;
  }
}
