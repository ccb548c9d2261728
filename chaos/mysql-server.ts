import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guard, guard } from '../test/support/guard.ts';
import { freePort, listening } from '../test/support/ports.ts';
import { findProgram, output } from '../test/support/program.ts';
import { Unavailable } from '../test/support/server.ts';

const START_TIMEOUT_MS = 60_000;
/** MySQL insists on a directory for files of its clients otherwise, which a package may not have made. */
const NO_FILES = '--secure-file-priv=NULL';

/** Which server program, if not the one that this machine has in its PATH. */
export interface MysqlProgram {
  readonly mysqld?: string | undefined;
  /** The directory that is its root: for a server of another distribution. */
  readonly chroot?: string | undefined;
}

/**
 * A MySQL or MariaDB server that can be killed and started again on its data, with its durable settings as
 * they come.
 */
export class MysqlServer implements AsyncDisposable {
  readonly port: number;
  /** Such as `mariadbd 10.11.14`. */
  readonly description: string;
  readonly #command: readonly string[];
  readonly #logPath: string;
  readonly #guard: Guard;
  #process: ChildProcess | undefined;

  private constructor(port: number, description: string, home: Home, command: readonly string[]) {
    this.port = port;
    this.description = description;
    this.#command = command;
    this.#logPath = `${home.outside}/server.log`;
    this.#guard = guard(
      'kill -KILL "$(cat "$1")"; rm -rf -- "$2"',
      `${home.outside}/server.pid`,
      home.outside,
    );
  }

  /** Makes empty data and starts. Throws `Unavailable` if there is no server on this machine. */
  static async start(program: MysqlProgram): Promise<MysqlServer> {
    const { chroot } = program;
    const path = program.mysqld ?? (await findProgram('mariadbd')) ?? (await findProgram('mysqld'));
    if (path === undefined) throw new Unavailable('no mysqld or mariadbd on this machine');
    const run = chroot === undefined ? [path] : ['chroot', chroot, path];
    const home = await makeHome(chroot);
    // Temporary files of its own, too: a server that starts removes those of others.
    const places = [`--datadir=${home.inside}/data`, `--tmpdir=${home.inside}/tmp`];
    const data = ['--no-defaults', ...places, ...asRoot()];
    const banner = await execute([...run, '--no-defaults', '--version']);
    const isMariadb = banner.includes('MariaDB');
    if (isMariadb) await execute([await installer(), ...data, '--auth-root-authentication-method=normal']);
    else await execute([...run, ...data, NO_FILES, '--initialize-insecure']);
    const port = await freePort();
    const listen = [`--port=${String(port)}`, '--bind-address=127.0.0.1'];
    const files = [`--socket=${home.inside}/server.sock`, `--pid-file=${home.inside}/server.pid`];
    const quiet = isMariadb ? [] : ['--mysqlx=OFF', NO_FILES];
    const description = `${isMariadb ? 'MariaDB' : 'MySQL'} ${/\d+\.\d+\.\d+/.exec(banner)?.[0] ?? ''}`;
    const server = new MysqlServer(port, description, home, [...run, ...data, ...listen, ...files, ...quiet]);
    await server.start();
    return server;
  }

  /** Of a database; `port` if the way to it leads through a proxy. */
  url(database: string, port = this.port): string {
    return `mysql://root@127.0.0.1:${String(port)}/${database}`;
  }

  /** Starts it on what data there is; resolves once it has recovered and accepts connections. */
  async start(): Promise<void> {
    const [program = '', ...args] = this.#command;
    const log = openSync(this.#logPath, 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
    await once(child, 'spawn');
    this.#process = child;
    child.unref();
    await listening('127.0.0.1', this.port, AbortSignal.timeout(START_TIMEOUT_MS));
  }

  /** As a power cut for the process: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.ref();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#process = undefined;
  }

  /** Ends it and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#guard.release();
  }
}

/** A directory as this process sees it, and as the server does. */
interface Home {
  readonly outside: string;
  readonly inside: string;
}

async function makeHome(chroot = ''): Promise<Home> {
  const outside = await mkdtemp(`${chroot}${join(tmpdir(), 'lms-chaos-mysql-')}`);
  await mkdir(`${outside}/tmp`);
  return { outside, inside: outside.slice(chroot.length) };
}

function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

async function installer(): Promise<string> {
  const path = await findProgram('mariadb-install-db');
  if (path === undefined || !existsSync(path)) throw new Unavailable('no mariadb-install-db on this machine');
  return path;
}

function execute([program = '', ...args]: readonly string[]): Promise<string> {
  return output(program, args);
}
