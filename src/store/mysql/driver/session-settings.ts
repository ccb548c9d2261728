import { LmsError } from '../../../errors/catalogue.ts';
import { type Row, text } from '../../rows.ts';
import { driverError } from '../errors/driver-error.ts';

/**
 * Assignments that make every session the same, whatever the server's defaults are: all variables that can
 * change a result, stop a statement or hold one up. Why each is here, and why the others are not:
 * docs/decisions/0007-session-variables.md. Never `DEFAULT`, which is the server's own setting, but for
 * `timestamp`, which has none.
 */
const FOR_ALL = [
  'NAMES utf8mb4 COLLATE utf8mb4_bin',
  // UTC, so that `created_at` is.
  "time_zone = '+00:00'",
  'timestamp = DEFAULT',
  // Strict mode and more: what does not fit is an error and never cut.
  "sql_mode = 'TRADITIONAL'",
  'autocommit = 1',
  'completion_type = 0',
  // The largest number that Vitess takes as well.
  'sql_select_limit = 9223372036854775807',

  'sql_big_selects = 1',
  'sql_safe_updates = 0',
  'sql_auto_is_null = 0',
  'foreign_key_checks = 1',
  'unique_checks = 1',
  'max_sort_length = 1024',
  // A column's name is looked for in the server's messages.
  "lc_messages = 'en_US'",
  // Seconds. Both are shorter than our own time-out for a statement, after which the connection is given up.
  'innodb_lock_wait_timeout = 20',
  'lock_wait_timeout = 30',
  // Seconds. A repair's transaction waits while the tables are compared, and who reads the rows may be slow.
  'wait_timeout = 28800',
  'net_read_timeout = 60',
  'net_write_timeout = 600',
];

const FOR_MYSQL = ['range_optimizer_max_mem_size = 0'];

const FOR_MARIADB = [
  'idle_transaction_timeout = 0',
  'idle_readonly_transaction_timeout = 0',
  'idle_write_transaction_timeout = 0',
  'check_constraint_checks = 1',
  'sql_if_exists = 0',
  'sort_buffer_size = 2097152',
  "wsrep_osu_method = 'TOI'",
  'wsrep_dirty_reads = 0',
];

/** Those of one kind of server, with the time after which it ends a statement: 0 is never. */
function settingsOf(statementLimitMs: number): { readonly mySql: string[]; readonly mariaDb: string[] } {
  return {
    mySql: [...FOR_MYSQL, `max_execution_time = ${statementLimitMs}`],
    mariaDb: [...FOR_MARIADB, `max_statement_time = ${statementLimitMs / 1_000}`],
  };
}

/**
 * Gap locks deadlock writers. The names of these two variables differ between servers; this statement does
 * not.
 */
const TRANSACTIONS = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE';

const LOOK =
  'SELECT @@max_allowed_packet AS max_packet, @@sql_select_limit AS select_limit, @@sql_mode AS sql_mode, @@time_zone AS zone, @@autocommit AS autocommit';

/**
 * What a server or a proxy says that does not know a variable, does not let us set it, or does not understand
 * the statement.
 */
const SETTING_REFUSED = new Set([1064, 1105, 1193, 1227, 1231, 1235, 1238, 1290, 1621, 8047, 8145]);

/** What is needed of a session. */
interface Statements {
  run(sql: string): Promise<void>;
  select(sql: string): Promise<readonly Row[]>;
}

/**
 * Makes the settings on a fresh connection; resolves to the largest statement that the server takes, in
 * bytes. `statementLimitMs`: whole milliseconds after which the server ends a statement, MySQL a SELECT; 0 is
 * never. A server that refuses some of the settings gets the others. Throws DATABASE_FAILED if one without
 * which the results would be wrong is not made then.
 */
export async function makeSettings(session: Statements, statementLimitMs: number): Promise<number> {
  const { mySql, mariaDb } = settingsOf(statementLimitMs);
  // Comments that one kind of server reads. TiDB reads MySQL's.
  const forOneKind = `/*!80000 , ${mySql.join(', ')} */ /*M!100000 , ${mariaDb.join(', ')} */`;
  if (!(await isAccepted(session, `SET ${FOR_ALL.join(', ')} ${forOneKind}`))) {
    for (const setting of [...FOR_ALL, ...mySql, ...mariaDb]) await isAccepted(session, `SET ${setting}`);
  }
  await session.run(TRANSACTIONS);
  const [row] = await session.select(LOOK);
  const wrong = row === undefined ? 'sql_select_limit' : wrongSetting(row);
  if (wrong !== undefined) {
    throw new LmsError(
      'DATABASE_FAILED',
      `the server has a setting that LMS cannot change for itself: ${wrong}`,
    );
  }
  return Number(row?.['max_packet']);
}

async function isAccepted(session: Statements, sql: string): Promise<boolean> {
  try {
    await session.run(sql);
    return true;
  } catch (error) {
    if (SETTING_REFUSED.has(driverError(error).errno ?? 0)) return false;
    throw error;
  }
}

/** The variable that would make results wrong, with its value. */
function wrongSetting(row: Row): string | undefined {
  const limit = Number(row['select_limit']);
  // To Vitess 0 is no limit; a server to which it is one would have sent no row.
  if (limit !== 0 && limit < 2 ** 32) return `sql_select_limit = ${limit}`;
  if (!/STRICT_TRANS_TABLES|STRICT_ALL_TABLES/.test(text(row, 'sql_mode')))
    return `sql_mode = ${text(row, 'sql_mode')}`;
  if (text(row, 'zone') !== '+00:00') return `time_zone = ${text(row, 'zone')}`;
  if (Number(row['autocommit']) !== 1) return 'autocommit = 0';
  return undefined;
}
