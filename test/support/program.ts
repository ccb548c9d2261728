import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { guard } from './guard.ts';
import { listening } from './ports.ts';

const START_TIMEOUT_MS = 60_000;
const execute = promisify(execFile);

/** A server program of this machine, running for the tests. */
export interface Program {
  /** Process id, to kill or stop it in a fault test. */
  readonly pid: number;
  /** Kills it and removes its directory. */
  stop(): Promise<void>;
}

/**
 * Where a program of this name is: in PATH, or where Debian puts servers, which is not in everyone's PATH.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter(Boolean)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Runs a program to its end and returns its standard output; rejects with its standard error. */
export async function output(path: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(path, args, { timeout: START_TIMEOUT_MS });
  return stdout.trim();
}

/** A new directory for throw-away data. */
export async function privateDirectory(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `lms-test-${name}-`));
}

/**
 * Starts a server program and waits until it listens on `port` of 127.0.0.1. It ends with us, however we end,
 * and `directory` goes with it. What it prints goes to `server.log` there, and into the error if it does not
 * start.
 */
export async function startProgram(
  path: string,
  args: readonly string[],
  { port, directory }: { port: number; directory: string },
): Promise<Program> {
  const logPath = join(directory, 'server.log');
  const log = openSync(logPath, 'w');
  const child = spawn(path, args, { stdio: ['ignore', log, log], detached: true });
  const ended = new AbortController();
  child.once('exit', () => {
    ended.abort();
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const cleaner = guard('kill -KILL "$1"; rm -rf -- "$2"', String(pid), directory);
  child.unref();
  try {
    await listening(
      '127.0.0.1',
      port,
      AbortSignal.any([ended.signal, AbortSignal.timeout(START_TIMEOUT_MS)]),
    );
  } catch (error) {
    const lastWords = readFileSync(logPath, 'utf8').split('\n').slice(-10).join('\n');
    await cleaner.release();
    throw new Error(`${path} did not start:\n${lastWords}`, { cause: error });
  }
  return { pid, stop: () => cleaner.release() };
}

/** Removes a directory that no program got to own. */
export async function removeDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
