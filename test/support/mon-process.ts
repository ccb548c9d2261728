import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, vi } from 'vitest';
import type { SupervisorReport } from '../../src/app/supervisor/ledgers.ts';
import type { Environment } from '../../src/config/sources.ts';
import { compileCache, MAIN } from '../cli/lms.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** A line of LMS's own log. */
type LogLine = Readonly<Record<string, unknown>>;

/** Starts `lms mon` with several workers. Whatever happens to the test, none of its processes outlives it. */
export async function startMon(
  workers: number,
  env: Environment,
  flags: readonly string[] = [],
): Promise<MonProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'lms-test-mon-'));
  const reportPath = join(directory, 'report.json');
  const args = [MAIN, 'mon', '--workers', String(workers), '--report', reportPath, ...flags];
  const child = spawn(process.execPath, args, {
    env: { ...compileCache(), ...env, METADATA_SERVER_DETECTION: 'none' },
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const mon = new MonProcess(child, reportPath);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    for (const { pid } of mon.started) endProcess(pid);
    await rm(directory, { recursive: true });
  });
  void mon.read(createInterface(child.stderr));
  return mon;
}

/** A process that runs `lms mon --workers`, and those that it starts. */
export class MonProcess {
  readonly #child: ChildProcess;
  readonly #reportPath: string;
  readonly lines: string[] = [];
  /** Resolves to the exit status, null after a signal. */
  readonly ended: Promise<number | null>;

  constructor(child: ChildProcess, reportPath: string) {
    this.#child = child;
    this.#reportPath = reportPath;
    this.ended = once(child, 'exit').then(() => child.exitCode);
  }

  async read(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) this.lines.push(line);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Log lines with this message. */
  logged(message: string): LogLine[] {
    const lines = this.lines.filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as LogLine).filter(({ msg }) => msg === message);
  }

  /** Worker processes that have begun to receive, in the order in which they did. */
  get started(): { readonly worker: number; readonly pid: number }[] {
    return this.logged('started').map(({ worker, pid }) => ({ worker: Number(worker), pid: Number(pid) }));
  }

  /** Waits until so many worker processes have begun to receive, those that ended included. */
  async startedCount(count: number, timeoutMs = PATIENCE.timeout): Promise<void> {
    await vi.waitFor(
      () => {
        expect(this.started, this.lines.join('\n')).toHaveLength(count);
      },
      { ...PATIENCE, timeout: timeoutMs },
    );
  }

  /** The final ledger, once it ended. */
  report(): SupervisorReport {
    return JSON.parse(readFileSync(this.#reportPath, 'utf8')) as SupervisorReport;
  }
}

/** Whether there is a process of this id. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function endProcess(pid: number): void {
  if (isRunning(pid)) process.kill(pid, 'SIGKILL');
}
