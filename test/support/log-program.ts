import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** What a program left behind. */
export interface ProgramOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs a program of test/packages/log/programs until it has ended. It is killed with its test. */
export async function runLogProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramOutcome> {
  const file = fileURLToPath(new URL(`../packages/log/programs/${name}`, import.meta.url));
  const sinceMs = performance.now();
  const child = spawn(process.execPath, [file, ...args], {
    env: { METADATA_SERVER_DETECTION: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (printed.stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (printed.stderr += part));
  await once(child, 'close');
  return { status: child.exitCode, ...printed, seconds: (performance.now() - sinceMs) / 1_000 };
}
