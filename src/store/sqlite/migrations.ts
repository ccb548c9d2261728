import type { DatabaseSync } from 'node:sqlite';
import { readMigrations } from '../migration-files.ts';
import { count, type Row, text } from '../rows.ts';
import { concernsVersion1, type Migration, pendingMigrations, type TablesVersion } from '../schema.ts';

/** The schema, step by step. */
export const MIGRATIONS = readMigrations(new URL('./migrations/', import.meta.url));

const APPLIED_AT = "applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now'))";
/** The same tables as MySQL's. */
const RECORDS = `
  CREATE TABLE IF NOT EXISTS lms_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, ${APPLIED_AT}) STRICT;
  CREATE TABLE IF NOT EXISTS lms_schema (version INTEGER PRIMARY KEY, name TEXT NOT NULL,
    oldest_version INTEGER NOT NULL, fresh INTEGER NOT NULL, ${APPLIED_AT}) STRICT`;

const RECORD_FOR_VERSION_1 =
  'INSERT INTO lms_migrations (version, name) VALUES (?, ?) ON CONFLICT DO NOTHING';
const RECORD = `INSERT INTO lms_schema (version, name, oldest_version, fresh) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const FRESH = `SELECT NOT EXISTS (SELECT 1 FROM service_logs)
  AND EXISTS (SELECT 1 FROM lms_schema WHERE version = 1) AS fresh`;
const SCHEMA_VERSION =
  'SELECT MAX(version) AS version, MAX(oldest_version) AS oldest_version FROM lms_schema';
const SCOPED_SINCE = `SELECT strftime('%Y-%m-%d %H:%M:%f000', applied_at, '+1 hour') AS scoped_since FROM lms_schema
  WHERE version = 2 AND NOT fresh`;

/** Applies what the tables lack of `migrations`, in one transaction. */
export function migrateTables(file: DatabaseSync, migrations: readonly Migration[]): void {
  // Looked at before the lock is taken, so that nobody waits for a writer when there is nothing to do.
  if (pendingMigrations(migrations, tablesVersion(file)).length === 0) return;
  file.exec('BEGIN IMMEDIATE');
  try {
    file.exec(RECORDS);
    for (const migration of pendingMigrations(migrations, tablesVersion(file))) {
      for (const statement of migration.statements) file.exec(statement);
      record(file, migration);
    }
    file.exec('COMMIT');
  } catch (error) {
    // After some errors, such as a full disk, SQLite has rolled back itself.
    if (file.isTransaction) file.exec('ROLLBACK');
    throw error;
  }
}

/** What the tables say of themselves. */
export function tablesVersion(file: DatabaseSync): TablesVersion {
  const known = hasTable(file, 'lms_schema') ? first(file, SCHEMA_VERSION) : {};
  const version = count(known, 'version');
  if (version > 0) return { version, oldestVersion: count(known, 'oldest_version') };
  // Tables that only programs of version 1 have worked on.
  const earlier = hasTable(file, 'lms_migrations')
    ? first(file, 'SELECT MAX(version) AS version FROM lms_migrations')
    : {};
  return { version: count(earlier, 'version'), oldestVersion: count(earlier, 'version') };
}

/** See `Store.scopedSince`. */
export function scopedSince(file: DatabaseSync): string | undefined {
  const row = hasTable(file, 'lms_schema') ? file.prepare(SCOPED_SINCE).get() : undefined;
  return row && text(row, 'scoped_since');
}

function record(file: DatabaseSync, migration: Migration): void {
  const { version, name, oldestVersion } = migration;
  const fresh = version === 1 || count(first(file, FRESH), 'fresh') === 1;
  if (concernsVersion1(migration)) file.prepare(RECORD_FOR_VERSION_1).run(version, name);
  file.prepare(RECORD).run(version, name, oldestVersion, fresh ? 1 : 0);
}

function first(file: DatabaseSync, sql: string): Row {
  return file.prepare(sql).get() ?? {};
}

function hasTable(file: DatabaseSync, name: string): boolean {
  const table = file.prepare("SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return table.get(name) !== undefined;
}
