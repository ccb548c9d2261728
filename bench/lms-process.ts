import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../lms', import.meta.url));

/** A process of the built program. */
export interface LmsProcess {
  readonly pid: number;
  /** Resolves when it has ended; rejects if its exit status is not 0. */
  readonly ended: Promise<void>;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

/** How to start it. */
export interface LmsOptions {
  /** Its settings, and nothing else of this environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its log goes. */
  readonly directory: string;
  /** Options for Node itself, beside those that the program sets. */
  readonly nodeOptions?: readonly string[];
  /** Another program than the built one of this checkout. */
  readonly program?: string | undefined;
}

/** Starts the built `lms`, without a terminal. */
export function startLms(
  args: readonly string[],
  { env, directory, nodeOptions = [], program = PROGRAM }: LmsOptions,
): LmsProcess {
  const log = openSync(join(directory, `${args[0] ?? 'lms'}.log`), 'w');
  const child = spawn(program, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      NODE_OPTIONS: nodeOptions.join(' '),
      ...env,
    },
    cwd: directory,
    stdio: ['ignore', log, log],
  });
  const ended = endOf(child, args.join(' '));
  const kill = () => child.kill('SIGKILL');
  // A benchmark that fails leaves no worker behind.
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return {
    pid: child.pid ?? 0,
    ended,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

async function endOf(child: ChildProcess, name: string): Promise<void> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw new Error(`lms ${name} ended with ${String(code ?? signal)}`);
}
