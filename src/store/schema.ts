import { LmsError } from '../errors/catalogue.ts';
import type { MigrationName, SchemaStatus, Store } from './store.ts';

/**
 * One step of the schema. Every statement must be safe to run twice and by two processes at once (`IF NOT EXISTS`):
 * there is no lock around migrations, because not every MySQL-compatible cluster has one.
 */
export interface Migration extends MigrationName {
  readonly statements: readonly string[];
}

/** The migrations still to run on tables of version `current`. Throws SCHEMA_VERSION if that is newer than all of them. */
export function pendingMigrations(migrations: readonly Migration[], current: number): readonly Migration[] {
  const known = newestVersion(migrations);
  if (current > known) {
    throw new LmsError(
      'SCHEMA_VERSION',
      `the tables have version ${current}, this release knows versions up to ${known}`,
    );
  }
  return migrations.filter(({ version }) => version > current);
}

/** The status of tables of version `current`. Throws like `pendingMigrations`. */
export function statusOf(migrations: readonly Migration[], current: number): SchemaStatus {
  return {
    current,
    known: newestVersion(migrations),
    pending: pendingMigrations(migrations, current).map(({ version, name }) => ({ version, name })),
  };
}

/** Throws SCHEMA_VERSION unless the tables have exactly the version that this program writes. */
export async function requireSchema(store: Pick<Store, 'schemaStatus'>): Promise<void> {
  const { current, known, pending } = await store.schemaStatus();
  if (pending.length === 0) return;
  const found =
    current === 0 ? 'the database has no tables of lms yet' : `the tables have version ${current}`;
  throw new LmsError('SCHEMA_VERSION', `${found}, this release needs version ${known}`);
}

function newestVersion(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(({ version }) => version));
}
