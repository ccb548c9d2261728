import { readFileSync } from 'node:fs';

/** The statements of docs/operations.md that give rights, for a test to run as they stand there. */
export interface DocumentedGrants {
  /** Users and their rights on the whole database. */
  readonly first: readonly string[];
  /** Rights on single tables, which must be there. */
  readonly afterMigration: readonly string[];
  /** Rights on single tables that stand there as comments: only who wants them gives them. */
  readonly onRequest: readonly string[];
}

/** Where and for whom the statements are to hold instead. */
export interface Stage {
  readonly database: string;
  /** Makes of a documented user's name one that no other test uses. */
  readonly user: (name: string) => string;
  readonly password: string;
}

/** Reads the page, with names of `stage` and without REQUIRE SSL, which not every server of a test has. */
export function documentedGrants({ database, user, password }: Stage): DocumentedGrants {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const statementsOf = (pattern: RegExp) =>
    [...page.matchAll(pattern)].map(([, statement = '']) => placed(statement));
  const placed = (statement: string) =>
    statement
      .replace(/ON lms\./, `ON ${database}.`)
      .replace(/'(lms\w*)'@/, (_, name: string) => `'${user(name)}'@`)
      .replace("'…' REQUIRE SSL", `'${password}'`);
  const statements = statementsOf(/^((?:CREATE USER|GRANT) [^;]*)/gm);
  const isForTable = (statement: string) => /^GRANT .* ON \w+\.\w+ /.test(statement);
  return {
    first: statements.filter((statement) => !isForTable(statement)),
    afterMigration: statements.filter(isForTable),
    onRequest: statementsOf(/^-- {3}(GRANT [^;]*)/gm),
  };
}
