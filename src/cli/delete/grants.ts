import { LmsError } from '../../errors/catalogue.ts';
import type { MySqlTarget, StoreTarget } from '../../store/connection-target.ts';

const RIGHTS = [
  ['SELECT, DELETE', 'service_logs'],
  ['SELECT, UPDATE, DELETE', 'service_severity'],
  ['SELECT, UPDATE, DELETE', 'service_severity_minutes'],
  ['SELECT, INSERT, UPDATE, DELETE', 'lms_rollups'],
  ['SELECT, INSERT, UPDATE', 'lms_words_minutes'],
] as const;

/** What rules of retention need besides. */
const RIGHTS_OF_RULES = [
  ['SELECT, INSERT, UPDATE', 'lms_leases'],
  ['SELECT, INSERT, UPDATE', 'lms_retention_versions'],
  ['SELECT, INSERT, UPDATE', 'lms_retention_rules'],
  ['SELECT', 'lms_retention_holds'],
  ['SELECT, INSERT, UPDATE', 'lms_retention_size'],
] as const;

/** What whoever puts them in force needs: a deletion that goes on is waited for at the row of its lease. */
const RIGHTS_TO_APPLY = [
  ['SELECT, INSERT, UPDATE', 'lms_retention_versions'],
  ['SELECT, UPDATE', 'lms_leases'],
] as const;

/** What whoever archives needs. */
const RIGHTS_OF_ARCHIVE = [
  ['SELECT', 'service_severity_minutes'],
  ['SELECT, INSERT, UPDATE', 'lms_leases'],
  ['SELECT', 'lms_retention_versions'],
  ['SELECT', 'lms_retention_rules'],
  ['SELECT', 'lms_retention_holds'],
] as const;

/** The user of a database that a right is granted to. */
type Grantee = Pick<MySqlTarget, 'user' | 'database'>;

/** The statements that let the user of a database delete entries, a line each, and what they are. */
export function grantsToDelete(grantee: Grantee): string[] {
  return ['to delete, the user needs these rights, if it does not have them:', ...grants(RIGHTS, grantee)];
}

/** The same for whoever deletes by rules of retention. */
export function grantsToRetain(grantee: Grantee): string[] {
  return [
    'to delete by rules of retention, the user needs these rights, if it does not have them:',
    ...grants([...RIGHTS, ...RIGHTS_OF_RULES], grantee),
  ];
}

/** The same for whoever puts rules in force. */
export function grantsToApply(grantee: Grantee): string[] {
  return [
    'to put rules in force, the user needs these rights, if it does not have them:',
    ...grants(RIGHTS_TO_APPLY, grantee),
  ];
}

/** The same for whoever archives, and with `deletes` deletes then. */
export function grantsToArchive(grantee: Grantee, deletes: boolean): string[] {
  const reads = [
    ['SELECT', 'service_logs'],
    ['SELECT', 'lms_rollups'],
  ] as const;
  return [
    'to archive, the user needs these rights, if it does not have them:',
    ...grants([...(deletes ? RIGHTS : reads), ...RIGHTS_OF_ARCHIVE], grantee),
  ];
}

/** A failure, with the rights behind it that would do where these are missing. */
export function withGrants(
  error: unknown,
  target: StoreTarget,
  needed: (grantee: Grantee) => readonly string[],
): unknown {
  if (!(error instanceof LmsError) || error.code !== 'DATABASE_DENIED' || target.kind !== 'mysql')
    return error;
  return new LmsError(error.code, [error.message, ...needed(target)].join('\n'), { cause: error });
}

function grants(
  rights: readonly (readonly [rights: string, table: string])[],
  { user, database }: Grantee,
): string[] {
  const [schema, account] = [quoted(database, '`'), quoted(user, "'")];
  return rights.map(([some, table]) => `GRANT ${some} ON ${schema}.${table} TO ${account}@'%';`);
}

function quoted(name: string, mark: string): string {
  return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;
}
