import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** Messages by `service severity`, as in `alpha error`. */
export type Counts = Readonly<Record<string, number>>;

interface CountRow extends RowDataPacket {
  readonly name: string;
  readonly messages: string;
}

/**
 * What each table holds, by service and severity. Our own statements, not the program's: a check must be able
 * to fail.
 */
const QUERIES = {
  service_logs: `SELECT CONCAT(service_name, ' ', severity) AS name, COUNT(*) AS messages
    FROM service_logs GROUP BY service_name, severity`,
  service_severity: `SELECT CONCAT(service_name, ' ', severity) AS name, SUM(count) AS messages
    FROM service_severity GROUP BY service_name, severity`,
  service_severity_minutes: `SELECT CONCAT(service_name, ' ', severity) AS name, SUM(count) AS messages
    FROM service_severity_minutes GROUP BY service_name, severity`,
} as const;

/** Name of a table that the worker writes. */
export type Table = keyof typeof QUERIES;
export const TABLES: readonly Table[] = ['service_logs', 'service_severity', 'service_severity_minutes'];

/** Reads all three tables. */
export async function countTables(databaseUrl: string): Promise<Record<Table, Counts>> {
  const connection = await createConnection(databaseUrl);
  const count = async (table: Table): Promise<Counts> => {
    const [rows] = await connection.query<CountRow[]>(QUERIES[table]);
    return Object.fromEntries(rows.map(({ name, messages }) => [name, Number(messages)]));
  };
  try {
    const [service_logs, service_severity, service_severity_minutes] = [
      await count('service_logs'),
      await count('service_severity'),
      await count('service_severity_minutes'),
    ];
    return { service_logs, service_severity, service_severity_minutes };
  } finally {
    await connection.end();
  }
}

/** What `lms sim --report` says was published, in the same form. */
export function publishedCounts(
  services: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Counts {
  const entries = Object.entries(services).flatMap(([service, severities]) =>
    Object.entries(severities).map(([severity, count]) => [`${service} ${severity}`, count] as const),
  );
  return Object.fromEntries(entries);
}

export function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
