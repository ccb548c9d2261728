import type { Migration } from '../schema.ts';

const SERVICE_NAME = 'service_name VARCHAR(100) COLLATE utf8mb4_bin NOT NULL';
const SEVERITY = "severity ENUM('debug','info','warn','error','fatal') NOT NULL";
const CREATED_AT = 'created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)';
const COUNT = '`count` BIGINT UNSIGNED NOT NULL';
const TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';

/**
 * The schema, step by step.
 *
 * `service_logs` is clustered by its key: finding duplicates, order of time and paging are one index, and rows come in near its
 * end. Collations are binary: the default ones take `X` for `x` and `é` for `e`. `attempt_id` differs for every attempt to write
 * a batch: it tells the rows of this attempt from those that were there before.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'logs-and-counts',
    statements: [
      `CREATE TABLE IF NOT EXISTS service_logs (
        \`timestamp\` DATETIME(6) NOT NULL,
        event_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        ${SERVICE_NAME},
        ${SEVERITY},
        payload MEDIUMTEXT NOT NULL,
        tags JSON NULL,
        attempt_id BIGINT UNSIGNED NOT NULL,
        ${CREATED_AT},
        PRIMARY KEY (\`timestamp\`, event_id),
        KEY by_service (service_name, severity, \`timestamp\`)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS service_severity (
        ${SERVICE_NAME},
        ${SEVERITY},
        ${COUNT},
        ${CREATED_AT},
        PRIMARY KEY (service_name, severity)
      ) ${TABLE}`,
      `CREATE TABLE IF NOT EXISTS service_severity_minutes (
        minute DATETIME NOT NULL,
        ${SERVICE_NAME},
        ${SEVERITY},
        ${COUNT},
        PRIMARY KEY (minute, service_name, severity)
      ) ${TABLE}`,
    ],
  },
];

/** Where the applied versions are noted. */
export const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS lms_migrations (
  version INT UNSIGNED NOT NULL,
  name VARCHAR(100) NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (version)
) ${TABLE}`;
