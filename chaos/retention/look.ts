import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { MySqlTarget, StoreTarget } from '../../src/store/connection-target.ts';
import { keyText, type Seen } from './reference.ts';

/** What is in the tables at one moment, by statements that nothing else has. */
export interface Look extends Seen {
  readonly rows: number;
  /** By the accounts of all rules. */
  readonly deleted: number;
  /** What does not agree with the rows: none if all is well. */
  readonly outOfStep: readonly string[];
}

/** Looks at a database from a connection of its own. */
export interface Looker extends AsyncDisposable {
  /** In one snapshot. `withKeys: false` leaves `keys` empty, which is faster. */
  look(options?: { readonly withKeys?: boolean }): Promise<Look>;
  /** Runs a statement by itself. */
  sql(statement: string): Promise<readonly Row[]>;
}

type Row = Readonly<Record<string, unknown>>;
type Ask = (statement: string) => Promise<readonly Row[]>;

/** What one kind of database says otherwise than the other. */
interface Dialect {
  readonly begin: readonly string[];
  readonly now: string;
}

const MYSQL: Dialect = {
  begin: [
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  ],
  now: 'CAST(CURRENT_TIMESTAMP(6) AS CHAR)',
};
const SQLITE: Dialect = { begin: ['BEGIN'], now: "strftime('%Y-%m-%d %H:%M:%f000', 'now')" };

/** Connects; to MySQL once more whenever the connection is lost, and of a cluster to a node that does what is asked. */
export async function openLooker(target: StoreTarget): Promise<Looker> {
  if (target.kind === 'sqlite') {
    const file = new DatabaseSync(target.path, { timeout: 20_000 });
    return lookerOf(
      (statement) => Promise.resolve(file.prepare(statement).all()),
      SQLITE,
      () => {
        file.close();
        return Promise.resolve();
      },
    );
  }
  let turn = 0;
  let connection = await connect(target, turn);
  const ask: Ask = async (statement) => (await connection.query<RowDataPacket[]>(statement))[0];
  const looker = lookerOf(ask, MYSQL, () => {
    connection.destroy();
    return Promise.resolve();
  });
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (const endsAtMs = performance.now() + RECONNECT_MS; ;) {
      try {
        return await work();
      } catch (error) {
        if (!isElsewhere(error) || performance.now() > endsAtMs) throw error;
        await delay(RETRY_MS);
        connection.destroy();
        turn += 1;
        connection = await connect(target, turn).catch(() => connection);
      }
    }
  };
  return {
    ...looker,
    look: (options) => again(() => looker.look(options)),
    sql: (text) => again(() => ask(text)),
  };
}

/** What is read has all that was committed anywhere, on a cluster too: as far as the server knows of such. */
const SEES_ALL = ['SET SESSION wsrep_sync_wait = 1', "SET SESSION group_replication_consistency = 'BEFORE'"];
const RECONNECT_MS = 90_000;
const RETRY_MS = 100;

/** To the nodes in turns. */
async function connect(
  { addresses, user, password, database }: MySqlTarget,
  turn: number,
): Promise<Connection> {
  const options = { user, password, database, timezone: 'Z', dateStrings: true };
  const connection = await createConnection({ ...addresses[turn % addresses.length], ...options });
  // Whoever asks is told of it.
  connection.on('error', () => undefined);
  try {
    await connection.query("SET time_zone = '+00:00', NAMES utf8mb4");
    for (const setting of SEES_ALL) await connection.query(setting).catch(() => undefined);
    await requireMember(connection);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** A node that has just been started may be read before it is in its group again, and does not know what it lacks. */
async function requireMember(connection: Connection): Promise<void> {
  const [[group]] = await connection.query<RowDataPacket[]>(
    "SHOW GLOBAL VARIABLES LIKE 'group_replication_group_name'",
  );
  if ((group?.['Value'] ?? '') === '') return;
  const [[own]] = await connection.query<RowDataPacket[]>(
    'SELECT member_state AS state FROM performance_schema.replication_group_members WHERE member_id = @@server_uuid',
  );
  if (own?.['state'] !== 'ONLINE') throw new Error('the node is not a member of its group now');
}

/** What a node of a cluster says that has just come back: it is not ready, writes nothing, is not in step. */
const NOT_HERE: ReadonlySet<unknown> = new Set([1047, 1290, 3796, 3797]);

/** No answer of the server, or that another node has to be asked. */
function isElsewhere(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const hasAnswered = 'sqlState' in error && typeof error.sqlState === 'string';
  return !hasAnswered || ('errno' in error && NOT_HERE.has(error.errno));
}

function lookerOf(ask: Ask, { begin, now }: Dialect, close: () => Promise<void>): Looker {
  return {
    async look({ withKeys = true } = {}) {
      for (const statement of begin) await ask(statement);
      try {
        const outOfStep = await differences(ask);
        const keys = withKeys ? await ask(KEYS) : [];
        const nowMs = Date.parse(`${String(await one(ask, now)).replace(' ', 'T')}Z`);
        return {
          outOfStep,
          nowMs,
          keys: new Set(keys.map(({ at, id }) => keyText(String(at), String(id)))),
          rows: Number(await one(ask, '(SELECT COUNT(*) FROM service_logs)')),
          deleted: Number(await one(ask, '(SELECT COALESCE(SUM(deleted_rows), 0) FROM lms_retention_rules)')),
        };
      } finally {
        await ask('COMMIT').catch(() => undefined);
      }
    },
    sql: ask,
    [Symbol.asyncDispose]: close,
  };
}

async function one(ask: Ask, expression: string): Promise<unknown> {
  const [row] = await ask(`SELECT ${expression} AS found`);
  return row?.['found'];
}

const KEYS = 'SELECT CAST(timestamp AS CHAR) AS at, event_id AS id FROM service_logs';
const MINUTE = (column: string) => `SUBSTR(CAST(${column} AS CHAR), 1, 16)`;
const LESS = '-CAST(`count` AS SIGNED)';

/** Each finds what is wrong of one kind: a row for each difference. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'counts of services and severities': `SELECT service_name, severity, SUM(n) AS off_by FROM (
      SELECT service_name, severity, COUNT(*) AS n FROM service_logs GROUP BY service_name, severity
      UNION ALL SELECT service_name, severity, ${LESS} FROM service_severity) AS compared
    GROUP BY service_name, severity HAVING SUM(n) <> 0`,
  'counts of minutes': `SELECT at, service_name, severity, SUM(n) AS off_by FROM (
      SELECT ${MINUTE('timestamp')} AS at, service_name, severity, 1 AS n FROM service_logs
      UNION ALL SELECT ${MINUTE('minute')}, service_name, severity, ${LESS} FROM service_severity_minutes) AS compared
    GROUP BY at, service_name, severity HAVING SUM(n) <> 0`,
  // Blocks of words saw rows that are there; others may have come since.
  'minutes of the index of words that saw more rows than there are': `SELECT start, rows_at_build FROM lms_words_minutes
    WHERE width = 1 AND rows_at_build > (SELECT COALESCE(SUM(\`count\`), 0) FROM service_severity_minutes WHERE minute = start)`,
  'hours of the index of words': wordSums(60, 13),
  'days of the index of words': wordSums(1_440, 10),
};

/** Wider times that are not what their minutes come to. */
function wordSums(width: number, characters: number): string {
  return `SELECT SUBSTR(CAST(start AS CHAR), 1, ${String(characters)}) AS at FROM lms_words_minutes
    WHERE width IN (1, ${String(width)}) GROUP BY SUBSTR(CAST(start AS CHAR), 1, ${String(characters)})
    HAVING SUM(CASE width WHEN 1 THEN rows_at_build ELSE -rows_at_build END) <> 0`;
}

async function differences(ask: Ask): Promise<string[]> {
  const found: string[] = [];
  for (const [what, statement] of Object.entries(DIFFERENCES)) {
    const [first, ...others] = await ask(statement);
    if (first !== undefined)
      found.push(`${what} are wrong: ${JSON.stringify(first)}, and ${String(others.length)} others`);
  }
  return found;
}
