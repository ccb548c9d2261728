import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { openStore } from '../src/store/open.ts';
import { startLocalMysql } from '../test/support/local-mysql.ts';
import { findProgram } from '../test/support/program.ts';
import { loadStatement, runClient } from './load-data.ts';
import { settingsOf, SILENT } from './target.ts';

/** Room enough that the server writes its pages when it likes, as a server for this job would have it. */
const SIZES = ['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=1G', '--max-allowed-packet=64M'];

interface Row extends RowDataPacket {
  readonly value: string | number | null;
}

interface StartedServer {
  readonly url: string;
  readonly pid: number | undefined;
  readonly description: string;
  /** Path of the server's own client. */
  readonly client: string;
  readonly stop: () => Promise<void>;
}

/** The MySQL server that is measured on. */
export class DatabaseServer {
  /** Name and version, for the report. */
  readonly description: string;
  readonly url: string;
  /** Its process, if we started it, or BENCH_DATABASE_PID has it. */
  readonly pid: number | undefined;
  readonly #connection: Connection;
  readonly #client: string;
  readonly #stop: () => Promise<void>;
  #databases = 0;

  private constructor(connection: Connection, started: StartedServer) {
    this.url = started.url;
    this.pid = started.pid;
    this.description = started.description;
    this.#connection = connection;
    this.#client = started.client;
    this.#stop = started.stop;
  }

  /**
   * The server that BENCH_DATABASE_URL names (with the right to create databases), else one of this machine,
   * started for us. Throws if it does not write each commit to disk: numbers of such a server mean nothing
   * here.
   */
  static async start(): Promise<DatabaseServer> {
    const named = process.env['BENCH_DATABASE_URL'];
    const local = named === undefined ? await startLocalMysql(SIZES) : undefined;
    const url = named ?? local?.address ?? '';
    const connection = await createConnection({ uri: url, multipleStatements: true });
    const version = await valueOf(connection, 'SELECT VERSION() AS value');
    const durable = await valueOf(connection, 'SELECT @@innodb_flush_log_at_trx_commit AS value');
    if (durable !== '1') throw new Error('the server is not durable: set innodb_flush_log_at_trx_commit=1');
    await connection.query('SET GLOBAL local_infile = 1');
    // Off by default, on MySQL and MariaDB.
    await connection.query("SET GLOBAL innodb_monitor_enable = 'trx_rollbacks'");
    const client = (await findProgram('mariadb')) ?? (await findProgram('mysql'));
    if (client === undefined)
      throw new Error("the server's own client, mariadb or mysql, is not on this machine");
    const about = /mariadb/i.test(version) ? version.replace(/-MariaDB.*/, '') : version;
    const name = `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${about}`;
    const stop = async () => local?.stop();
    const pid = local?.pid ?? namedPid();
    return new DatabaseServer(connection, { url, pid, description: name, client, stop });
  }

  /** A new database with our tables. */
  async fresh(): Promise<Database> {
    const name = `lms_bench_${process.pid}_${(this.#databases += 1)}`;
    await this.#connection.query(`CREATE DATABASE ${name}`);
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    const store = await openStore(settingsOf(url.toString()).database, { log: SILENT });
    await store.migrate();
    await store.close();
    return new Database(name, url, this.#connection, this.#client);
  }

  /**
   * Transactions that were rolled back since the server started: by a client, or by the server because of a
   * deadlock.
   */
  async rollbacks(): Promise<number> {
    return Number(
      await valueOf(
        this.#connection,
        "SELECT COUNT AS value FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rollbacks'",
      ),
    );
  }

  async stop(): Promise<void> {
    await this.#connection.end();
    await this.#stop();
  }
}

/** Of a server that was named, if it is on this machine and somebody says which process it is. */
function namedPid(): number | undefined {
  const pid = process.env['BENCH_DATABASE_PID'];
  return pid === undefined ? undefined : Number(pid);
}

/** A database with our tables, for one run. */
export class Database {
  readonly name: string;
  /** As DATABASE_URL wants it. */
  readonly url: string;
  readonly #location: URL;
  readonly #connection: Connection;
  readonly #client: string;

  constructor(name: string, location: URL, connection: Connection, client: string) {
    this.name = name;
    this.url = location.toString();
    this.#location = location;
    this.#connection = connection;
    this.#client = client;
  }

  /** The one value of a SELECT that calls it `value`; tables are named with `db.` before them. */
  async value(sql: string): Promise<number> {
    return Number(await valueOf(this.#connection, sql.replaceAll('db.', `${this.name}.`)));
  }

  /** Rows, counted one by one. */
  stored(): Promise<number> {
    return this.value('SELECT COUNT(*) AS value FROM db.service_logs');
  }

  /** Rows by the counts, which are in step with the rows at every commit: cheap at any size. */
  counted(): Promise<number> {
    return this.value('SELECT COALESCE(SUM(`count`), 0) AS value FROM db.service_severity');
  }

  /** Throws unless both tables have this many rows: a fast run that loses some is not a run. */
  async requireRows(rows: number): Promise<void> {
    const stored = await this.stored();
    const counted = await this.counted();
    if (stored !== rows || counted !== rows)
      throw new Error(`${rows} rows should be stored: ${stored} are, ${counted} are counted`);
  }

  /** Runs a file of statements with the server's own client, on a connection of its own. */
  async runFile(path: string): Promise<void> {
    await runClient(this.#client, this.#location, createReadStream(path));
  }

  /** Loads a file of `tsv` with the server's own client, in one transaction. */
  async load(path: string): Promise<void> {
    await runClient(this.#client, this.#location, Readable.from([loadStatement(path)]));
  }

  async drop(): Promise<void> {
    await this.#connection.query(`DROP DATABASE ${this.name}`);
  }
}

async function valueOf(connection: Connection, sql: string): Promise<string> {
  const [rows] = await connection.query<Row[]>(sql);
  return String(rows[0]?.value);
}
