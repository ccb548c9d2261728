import { readMigrations } from '../migration-files.ts';
import { count, text } from '../rows.ts';
import { concernsVersion1, type Migration, pendingMigrations, type TablesVersion } from '../schema.ts';
import type { Session } from './driver/session.ts';
import { driverError } from './errors/driver-error.ts';

/** The schema, step by step. */
export const MIGRATIONS = readMigrations(new URL('./migrations/', import.meta.url));

const NO_SUCH_TABLE = 1146;
const DUPLICATE_COLUMN = 1060;

/** Where programs of version 1 look: see `Migration`. */
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS lms_migrations (
  version INT UNSIGNED NOT NULL,
  name VARCHAR(100) NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;

/**
 * The steps that were applied, by programs that know this table. `fresh`: no earlier release can have stored
 * a row before.
 */
const SCHEMA_TABLE = `CREATE TABLE IF NOT EXISTS lms_schema (
  version INT UNSIGNED NOT NULL,
  name VARCHAR(100) NOT NULL,
  oldest_version INT UNSIGNED NOT NULL,
  fresh BOOLEAN NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;

const RECORD_FOR_VERSION_1 =
  'INSERT INTO lms_migrations (version, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE version = version';
const RECORD = `INSERT INTO lms_schema (version, name, oldest_version, fresh) VALUES (?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE version = version`;
const FRESH = `SELECT NOT EXISTS (SELECT 1 FROM service_logs)
  AND EXISTS (SELECT 1 FROM lms_schema WHERE version = 1) AS fresh`;
const SCHEMA_VERSION =
  'SELECT MAX(version) AS version, MAX(oldest_version) AS oldest_version FROM lms_schema';
const SCOPED_SINCE = `SELECT CAST(applied_at + INTERVAL 1 HOUR AS CHAR) AS scoped_since FROM lms_schema
  WHERE version = 2 AND NOT fresh`;

/** Applies what the tables lack of `migrations`. Several processes may do so at once. */
export async function migrateTables(session: Session, migrations: readonly Migration[]): Promise<void> {
  await session.run(MIGRATIONS_TABLE);
  await session.run(SCHEMA_TABLE);
  for (const migration of pendingMigrations(migrations, await tablesVersion(session))) {
    for (const statement of migration.statements) await runOnce(session, statement);
    await record(session, migration);
  }
}

/** MySQL has no `ADD COLUMN IF NOT EXISTS`: that somebody else was first is known by the error. */
async function runOnce(session: Session, statement: string): Promise<void> {
  try {
    await session.run(statement);
  } catch (error) {
    if (driverError(error).errno !== DUPLICATE_COLUMN) throw error;
  }
}

/** What the tables say of themselves. */
export async function tablesVersion(session: Session): Promise<TablesVersion> {
  const [known = {}] = await selectIfThere(session, SCHEMA_VERSION);
  const version = count(known, 'version');
  if (version > 0) return { version, oldestVersion: count(known, 'oldest_version') };
  // Tables that only programs of version 1 have worked on.
  const [earlier = {}] = await selectIfThere(session, 'SELECT MAX(version) AS version FROM lms_migrations');
  return { version: count(earlier, 'version'), oldestVersion: count(earlier, 'version') };
}

/** See `Store.scopedSince`. */
export async function scopedSince(session: Session): Promise<string | undefined> {
  const [row] = await selectIfThere(session, SCOPED_SINCE);
  return row && text(row, 'scoped_since');
}

/**
 * In one transaction: that version 1 stands in `lms_schema` means that no program of version 1 has made the
 * tables.
 */
async function record(session: Session, migration: Migration): Promise<void> {
  const { version, name, oldestVersion } = migration;
  const [row = {}] = await session.select(FRESH);
  const fresh = version === 1 || count(row, 'fresh') === 1;
  await session.run('START TRANSACTION');
  if (concernsVersion1(migration)) await session.execute(RECORD_FOR_VERSION_1, [String(version), name]);
  await session.execute(RECORD, [String(version), name, String(oldestVersion), fresh ? '1' : '0']);
  await session.run('COMMIT');
}

async function selectIfThere(session: Session, sql: string): ReturnType<Session['select']> {
  try {
    return await session.select(sql);
  } catch (error) {
    if (driverError(error).errno === NO_SUCH_TABLE) return [];
    throw error;
  }
}
