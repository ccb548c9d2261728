import { LmsError } from '../errors/catalogue.ts';
import type { MigrationName, SchemaStatus, Store } from './store.ts';

/**
 * One step of the schema. Every statement must be safe to run twice and by two processes at once (`IF NOT
 * EXISTS`): there is no lock around migrations, because not every MySQL-compatible cluster has one.
 *
 * `lms_schema` says which steps the tables have. The programs of version 1 do not know it: they read
 * `lms_migrations` and refuse what is above 1 there. So a step is recorded there too when it is version 1, or
 * when those programs cannot run on the tables after it (`oldestVersion` above 1).
 */
export interface Migration extends MigrationName {
  /** The oldest version whose programs can still run on the tables after this step. */
  readonly oldestVersion: number;
  readonly statements: readonly string[];
}

/** What the tables say of themselves. */
export interface TablesVersion {
  /** The newest step that they have; 0 if there are none. */
  readonly version: number;
  /** The oldest version whose programs can run on them. */
  readonly oldestVersion: number;
}

/**
 * The steps that the tables still lack. None if they are newer than this program, but let it run. Throws
 * SCHEMA_VERSION if they do not.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  tables: TablesVersion,
): readonly Migration[] {
  const known = newestVersion(migrations);
  if (tables.oldestVersion > known) {
    throw new LmsError(
      'SCHEMA_VERSION',
      `the tables have version ${tables.version} and need a release that knows version ${tables.oldestVersion}; ` +
        `this release knows versions up to ${known}`,
    );
  }
  return migrations.filter(({ version }) => version > tables.version);
}

/** The status of these tables. Throws like `pendingMigrations`. */
export function statusOf(migrations: readonly Migration[], tables: TablesVersion): SchemaStatus {
  return {
    current: tables.version,
    known: newestVersion(migrations),
    pending: pendingMigrations(migrations, tables).map(({ version, name }) => ({ version, name })),
  };
}

/** Whether programs that know `lms_migrations` only must find a step there. */
export function concernsVersion1({ version, oldestVersion }: Migration): boolean {
  return version === 1 || oldestVersion > 1;
}

/**
 * Throws SCHEMA_VERSION unless this program can write to the tables: they have all that it needs, and let it
 * run.
 */
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
