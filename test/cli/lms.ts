import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/program.ts';
import type { Environment } from '../../src/config/sources.ts';

/** What a run of `lms` left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program's file, to be run as it stands. */
export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/**
 * Runs `lms` within this process, with an environment of nothing but `env`, no `.env`, and `input` on
 * standard input.
 */
export async function lms(args: readonly string[], env: Environment = {}, input = ''): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  stdin.end(input);
  const status = await run(args, { env, dotenvPath: '/nonexistent/.env', stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { status, stdout: out, stderr: err };
}

/** Runs `lms` as a process of its own, in a directory without `.env`. */
export function lmsProcess(args: readonly string[], env: Environment = {}): Promise<Outcome> {
  return startLms(args, env).ended;
}

/** A running `lms`. */
export interface RunningLms {
  /** What it leaves behind, once it has ended. */
  readonly ended: Promise<Outcome>;
  /** What was printed once standard output has what the pattern says. */
  printed(pattern: RegExp): Promise<Pick<Outcome, 'stdout' | 'stderr'>>;
  /** What was printed until now. */
  printedSoFar(): Pick<Outcome, 'stdout' | 'stderr'>;
  /** Sends a signal, SIGTERM if none is said. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
}

/**
 * Starts `lms` as `lmsProcess` does, for a test that does something meanwhile. `main` may be that of another
 * release.
 */
export function startLms(args: readonly string[], env: Environment = {}, main = MAIN): RunningLms {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...compileCache(main), ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output.stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (output.stderr += part));
  const ended = once(child, 'close').then(() => ({ status: child.exitCode, ...output }));
  return {
    ended,
    async printed(pattern) {
      while (!pattern.test(output.stdout) && child.exitCode === null)
        await Promise.race([once(child.stdout, 'data'), ended]);
      return { ...output };
    },
    printedSoFar: () => ({ ...output }),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Environment in which a process takes what an earlier one compiled: it starts in half the CPU time. */
export function compileCache(main = MAIN): Environment {
  return { NODE_COMPILE_CACHE: join(main, '../../../output/compile-cache') };
}

/** NODE_OPTIONS that run a piece of JavaScript before the program. */
export function before(script: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(script)}`;
}
