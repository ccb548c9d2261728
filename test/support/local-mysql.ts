import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.ts';
import {
  findProgram,
  output,
  privateDirectory,
  type Program,
  removeDirectory,
  startProgram,
} from './program.ts';
import { type TestServer, Unavailable } from './server.ts';

const INSTALL_HINT =
  'no mysqld or mariadbd on this machine: install one (Debian: apt-get install mariadb-server-core mariadb-client-core), ' +
  'start Docker, or set TEST_DATABASE_URL=mysql://user:password@host:port';

/** A MySQL or MariaDB server of this machine on a port and data of its own, with root and no password. */
export interface LocalMysql extends Program, TestServer {
  readonly port: number;
  /** Kills the server as a crash does, and starts it again on the same data and port. */
  crash(): Promise<void>;
}

/**
 * Starts the machine's own mysqld or mariadbd, unprivileged or as root, with its durable settings as they
 * come. `extraArgs` go to the server. Throws `Unavailable` if there is none.
 */
export async function startLocalMysql(extraArgs: readonly string[] = []): Promise<LocalMysql> {
  const path = (await findProgram('mariadbd')) ?? (await findProgram('mysqld'));
  if (path === undefined) throw new Unavailable(INSTALL_HINT);
  const banner = await output(path, ['--no-defaults', '--version']);
  const isMariadb = banner.includes('MariaDB');
  const directory = await privateDirectory('mysql');
  // A folder of its own for temporary files: servers that are made at the same time take away each other's.
  const common = [
    '--no-defaults',
    `--datadir=${join(directory, 'data')}`,
    `--tmpdir=${directory}`,
    ...asRoot(),
  ];
  try {
    await initialise(path, isMariadb, common);
    const port = await freePort();
    const args = [...common, ...listenOn(port, directory), ...extraArgs];
    const start = () => startProgram(path, args, { port, directory });
    const first = await start();
    let program = first;
    const crash = async () => {
      process.kill(program.pid, 'SIGKILL');
      while (isRunning(program.pid)) await pause(20);
      program = await start();
    };
    const stop = async () => {
      await program.stop();
      await first.stop();
    };
    const version = `${isMariadb ? 'mariadbd' : 'mysqld'} ${/\d+\.\d+\.\d+/.exec(banner)?.[0] ?? ''}`;
    const at = `127.0.0.1:${String(port)}`;
    return {
      pid: first.pid,
      stop,
      crash,
      port,
      address: `mysql://root@${at}`,
      description: `${version} on ${at}`,
    };
  } catch (error) {
    await removeDirectory(directory);
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The servers refuse to run as root unless told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function listenOn(port: number, directory: string): string[] {
  const socket = join(directory, 'server.sock');
  return [
    `--port=${String(port)}`,
    '--bind-address=127.0.0.1',
    `--socket=${socket}`,
    `--pid-file=${join(directory, 'server.pid')}`,
  ];
}

async function initialise(path: string, isMariadb: boolean, common: readonly string[]): Promise<void> {
  if (!isMariadb) {
    await output(path, [...common, '--initialize-insecure']);
    return;
  }
  const installer = await findProgram('mariadb-install-db');
  if (installer === undefined)
    throw new Unavailable('mariadbd is here but mariadb-install-db is not: reinstall MariaDB');
  await output(installer, [...common, '--auth-root-authentication-method=normal', '--skip-test-db']);
}
