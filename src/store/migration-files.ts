import { readdirSync, readFileSync } from 'node:fs';
import type { Migration } from './schema.ts';

/** `0002-leases.sql`: version and name. */
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;
const OLDEST_VERSION = /^-- oldest-version: (\d+)$/m;

/**
 * Text in quotes (a quote in it is doubled), a comment to the end of its line, the end of a statement; else
 * one character.
 */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[^\n]*|;|[^]/g;

/**
 * The migrations in a folder, oldest first: a file each, named `<version, 4 digits>-<name>.sql`, with a line
 * `-- oldest-version: <n>` (see `Migration`). Throws for files that are not so, or versions that do not count
 * up from 1.
 */
export function readMigrations(folder: URL): readonly Migration[] {
  const files = readdirSync(folder).toSorted();
  return files.map((file, index) => {
    const migration = parseMigration(file, readFileSync(new URL(file, folder), 'utf8'));
    if (migration.version !== index + 1) throw new Error(`${file}: expected version ${index + 1}`);
    return migration;
  });
}

/** Reads one file. */
export function parseMigration(file: string, text: string): Migration {
  const [, version, name] = FILE_NAME.exec(file) ?? [];
  if (version === undefined || name === undefined) throw new Error(`${file} is not named NNNN-name.sql`);
  const oldestVersion = Number(OLDEST_VERSION.exec(text)?.[1]);
  if (!(oldestVersion >= 1 && oldestVersion <= Number(version))) {
    throw new Error(`${file} has no line "-- oldest-version: <1 to ${Number(version)}>"`);
  }
  return { version: Number(version), name, oldestVersion, statements: statementsOf(file, text) };
}

/** A trigger has statements of its own, up to this. */
const BEGUN_TRIGGER = /^CREATE TRIGGER\b/;
const ENDED_TRIGGER = /;\s*END$/;

/**
 * The statements of a file, without comments. A semicolon ends one, unless it stands in quotes, in a comment or
 * in a trigger. What the two databases read differently is refused: backslashes, comments in slashes, `#`.
 */
function statementsOf(file: string, text: string): readonly string[] {
  const refused = /\\|\/\*|#/.exec(text)?.[0];
  if (refused !== undefined) throw new Error(`${file} may not contain ${refused}`);
  const statements = [''];
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === ';' && !isBegunTrigger(statements.at(-1) ?? '')) statements.push('');
    else if (!token.startsWith('--')) statements.push(`${statements.pop() ?? ''}${token}`);
  }
  if (statements.pop()?.trim() !== '') throw new Error(`${file}: its last statement does not end with ;`);
  return statements.map((statement) => statement.trim());
}

function isBegunTrigger(statement: string): boolean {
  const begun = statement.trim();
  return BEGUN_TRIGGER.test(begun) && !ENDED_TRIGGER.test(begun);
}
