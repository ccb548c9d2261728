import type { MySqlTarget } from '../../store/connection-target.ts';

const RIGHTS = [
  ['SELECT, DELETE', 'service_logs'],
  ['SELECT, UPDATE, DELETE', 'service_severity'],
  ['SELECT, UPDATE, DELETE', 'service_severity_minutes'],
  ['SELECT, INSERT, UPDATE, DELETE', 'lms_rollups'],
  ['SELECT, INSERT, UPDATE', 'lms_words_minutes'],
] as const;

/** The statements that let the user of a database delete entries, a line each, and what they are. */
export function grantsToDelete({ user, database }: Pick<MySqlTarget, 'user' | 'database'>): string[] {
  const [schema, account] = [quoted(database, '`'), quoted(user, "'")];
  return [
    'to delete, the user needs these rights, if it does not have them:',
    ...RIGHTS.map(([rights, table]) => `GRANT ${rights} ON ${schema}.${table} TO ${account}@'%';`),
  ];
}

function quoted(name: string, mark: string): string {
  return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;
}
