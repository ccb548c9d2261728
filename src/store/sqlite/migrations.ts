import type { Migration } from '../schema.ts';

const SERVICE_NAME = 'service_name TEXT NOT NULL CHECK (length(service_name) <= 100)';
const SEVERITY = "severity TEXT NOT NULL CHECK (severity IN ('debug','info','warn','error','fatal'))";
// SQLite's clock has milliseconds; the zeros make the form that of DATETIME(6).
const CREATED_AT = "created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now'))";
const COUNT = '"count" INTEGER NOT NULL';

/** The schema of MySQL in SQLite's types. Times are text: their order is that of time. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'logs-and-counts',
    statements: [
      `CREATE TABLE IF NOT EXISTS service_logs (
        timestamp TEXT NOT NULL,
        event_id TEXT NOT NULL CHECK (length(event_id) <= 64),
        ${SERVICE_NAME},
        ${SEVERITY},
        payload TEXT NOT NULL,
        tags TEXT NULL,
        ${CREATED_AT},
        PRIMARY KEY (timestamp, event_id)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX IF NOT EXISTS by_service ON service_logs (service_name, severity, timestamp)',
      `CREATE TABLE IF NOT EXISTS service_severity (
        ${SERVICE_NAME},
        ${SEVERITY},
        ${COUNT},
        ${CREATED_AT},
        PRIMARY KEY (service_name, severity)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE IF NOT EXISTS service_severity_minutes (
        minute TEXT NOT NULL,
        ${SERVICE_NAME},
        ${SEVERITY},
        ${COUNT},
        PRIMARY KEY (minute, service_name, severity)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
];

/** Where the applied versions are noted. */
export const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS lms_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
) STRICT`;
