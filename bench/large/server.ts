import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { freePort } from '../../test/support/ports.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/mysql-kept', import.meta.url));
/**
 * Without a binary log, which would be as large as the data; nothing of the pool is loaded at the start, so
 * that what is asked first is asked cold.
 */
const OPTIONS = [
  '--innodb-buffer-pool-size=2G',
  '--innodb-redo-log-capacity=2G',
  '--innodb-buffer-pool-load-at-startup=OFF',
  '--skip-log-bin',
  '--local-infile=ON',
  '--max-allowed-packet=64M',
  // Whoever fills the tables may be paused, for somebody else to measure.
  '--net-read-timeout=86400',
];
const execute = promisify(execFile);

interface Row extends RowDataPacket {
  readonly value: string | number | null;
}

/** A MySQL server on data that are kept in a directory. */
export class KeptServer {
  readonly directory: string;
  #url: string;

  private constructor(directory: string, url: string) {
    this.directory = directory;
    this.#url = url;
  }

  /** Starts it, unless it runs. Throws if another process that does so has not ended. */
  static async start(directory: string): Promise<KeptServer> {
    await claim(directory);
    return new KeptServer(directory, await startOn(directory));
  }

  /** Its address, with the right to do everything; another one after each start. */
  get url(): string {
    return this.#url;
  }

  /** The URL of one of its databases, as DATABASE_URL wants it. */
  urlOf(database: string): string {
    return `${this.#url}/${database}`;
  }

  /** Its process. */
  async pid(): Promise<number> {
    const { stdout } = await execute(SCRIPT, ['pid', this.directory]);
    return Number(stdout);
  }

  connect(database = ''): Promise<Connection> {
    return createConnection({ uri: this.urlOf(database), multipleStatements: true });
  }

  /** The rows of a SELECT, on a connection of its own. */
  async rows<Row extends RowDataPacket>(sql: string, database = ''): Promise<Row[]> {
    const connection = await this.connect(database);
    try {
      const [rows] = await connection.query<Row[]>(sql);
      return rows;
    } finally {
      await connection.end();
    }
  }

  /** The one value of a SELECT that calls it `value`. */
  async value(sql: string, database = ''): Promise<string> {
    const [row] = await this.rows<Row>(sql, database);
    return String(row?.value);
  }

  async run(sql: string, database = ''): Promise<void> {
    await this.rows(sql, database);
  }

  /** Ends it, throws away what the system has of its files in memory, and starts it: nothing is warm. */
  async restartCold(): Promise<void> {
    await this.stop();
    const data = join(this.directory, 'data');
    const names = await readdir(data, { recursive: true, withFileTypes: true });
    for (const file of names.filter((name) => name.isFile())) await forget(join(file.parentPath, file.name));
    this.#url = await startOn(this.directory);
  }

  async stop(): Promise<void> {
    await execute(SCRIPT, ['stop', this.directory]);
  }
}

async function startOn(directory: string): Promise<string> {
  const { stdout } = await execute(SCRIPT, ['start', directory, String(await freePort()), ...OPTIONS]);
  return stdout.trim();
}

/** Two that fill the same tables, or ask them, would only measure each other. */
async function claim(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'bench.pid');
  const pid = await readFile(path, 'utf8').catch(() => '');
  const command = await readFile(`/proc/${pid.trim()}/cmdline`, 'utf8').catch(() => '');
  if (pid !== '' && command.includes('read-large'))
    throw new Error(`process ${pid} is at work in ${directory}`);
  await writeFile(path, String(process.pid));
}

/** As `man dd` has it: of this file alone, and nobody needs to be root for it. */
async function forget(path: string): Promise<void> {
  await execute('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
}

/** Bytes that are free where a directory is. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
