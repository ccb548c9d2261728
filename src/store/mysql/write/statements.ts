import { columnList, ENTRY_COLUMNS } from '../../columns.ts';

/** The columns that `insertRows` fills. */
export const WRITTEN_COLUMNS: readonly string[] = [...ENTRY_COLUMNS, 'attempt_id'];

/**
 * Texts of the prepared statements of a write, one for every number of rows: made once, for they are long.
 */
function perRowCount(text: (rows: number) => string): (rows: number) => string {
  const texts = new Map<number, string>();
  return (rows) => {
    let known = texts.get(rows);
    if (known === undefined) {
      known = text(rows);
      texts.set(rows, known);
    }
    return known;
  };
}

function repeated(part: string, times: number, separator: string): string {
  return new Array<string>(times).fill(part).join(separator);
}

/**
 * The rows of so many keys; parameters: the columns of each. A single one is compared column by column: MariaDB
 * looks at the whole table for a DELETE or an UPDATE of a list of one.
 */
function ofKeys(columns: readonly string[], rows: number): string {
  if (rows === 1) return columns.map((column) => `${column} = ?`).join(' AND ');
  return `(${columns.join(', ')}) IN (${repeated(`(${repeated('?', columns.length, ',')})`, rows, ',')})`;
}

/**
 * What is locked is locked in the order of the key, as everybody does it: by the index of services, which an optimizer
 * may like better, it would be the index first and then the row, and two who delete wait for each other. A DELETE of
 * one table alone cannot be told an index: it is written as one of several.
 */
export const LOCKED_BY_KEY = 'service_logs FORCE INDEX (PRIMARY)';

const ROW_KEY = ['`timestamp`', 'event_id'];
const ROLLUP_KEY = ['width', 'by_service', 'start', 'service_name', 'severity'];

/**
 * Inserts rows; one whose key is there already stays as it is. Not INSERT IGNORE: it turns
 * errors into warnings, and values are cut or rows left out. Parameters per row: `WRITTEN_COLUMNS`.
 */
export const insertRows = perRowCount(
  (rows) => `INSERT INTO service_logs (${columnList(WRITTEN_COLUMNS)})
  VALUES ${repeated(`(${repeated('?', WRITTEN_COLUMNS.length, ',')})`, rows, ',')}
  ON DUPLICATE KEY UPDATE event_id = service_logs.event_id`,
);

/**
 * The rows of these keys, and whether this attempt wrote them. Parameters: attempt_id, then timestamp and
 * event_id per row.
 */
export const selectWritten = perRowCount(
  (rows) => `SELECT CAST(\`timestamp\` AS CHAR) AS \`timestamp\`, event_id,
  attempt_id = CAST(? AS UNSIGNED) AS is_new
  FROM service_logs WHERE ${ofKeys(ROW_KEY, rows)}`,
);

/** The rows of these keys, and of which service they are. Parameters: timestamp and event_id per row. */
export const selectServices = perRowCount(
  (rows) => `SELECT CAST(\`timestamp\` AS CHAR) AS \`timestamp\`, event_id, service_name
  FROM service_logs WHERE ${ofKeys(ROW_KEY, rows)}`,
);

/** Locks the rows of these keys, and says what they count as. Parameters: timestamp and event_id per row. */
export const selectForDeletion = perRowCount(
  (rows) => `SELECT CAST(\`timestamp\` AS CHAR) AS \`timestamp\`, service_name, severity
  FROM ${LOCKED_BY_KEY} WHERE ${ofKeys(ROW_KEY, rows)} FOR UPDATE`,
);

/** Parameters: timestamp and event_id per row. */
export const deleteRows = perRowCount(
  (rows) => `DELETE service_logs FROM ${LOCKED_BY_KEY} WHERE ${ofKeys(ROW_KEY, rows)}`,
);

/**
 * Parameters per row: service_name, severity, count, changed_at. A row that is there keeps its `changed_at`,
 * which says that the sums of `lms_rollups` were changed too. `VALUES()`, because MariaDB, TiDB and Vitess know
 * no row alias.
 */
export const addToCounts = perRowCount(
  (rows) => `INSERT INTO service_severity (service_name, severity, \`count\`, changed_at)
  VALUES ${repeated('(?,?,?,?)', rows, ',')}
  ON DUPLICATE KEY UPDATE \`count\` = \`count\` + VALUES(\`count\`), changed_at = service_severity.changed_at`,
);

/**
 * Parameters per row: width, by_service, start, service_name, severity, count, which may be negative, and
 * seen_at, which stays what it is in a row that is there.
 */
export const addToRollups = perRowCount(
  (rows) => `INSERT INTO lms_rollups (width, by_service, start, service_name, severity, \`count\`, seen_at)
  VALUES ${repeated('(?,?,?,?,?,?,?)', rows, ',')}
  ON DUPLICATE KEY UPDATE \`count\` = \`count\` + VALUES(\`count\`)`,
);

/** The same for rows of width 0, which get another `seen_at`. */
export const setRollupMarks = perRowCount(
  (rows) => `INSERT INTO lms_rollups (width, by_service, start, service_name, severity, \`count\`, seen_at)
  VALUES ${repeated('(?,?,?,?,?,?,?)', rows, ',')}
  ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at)`,
);

/**
 * Parameters per row: the key of a row of `lms_rollups`. By the key: who reads all of a small table locks what others
 * are about to, and waits for what they hold.
 */
export const removeEmptyRollups = perRowCount(
  (rows) => `DELETE lms_rollups FROM lms_rollups FORCE INDEX (PRIMARY)
  WHERE ${ofKeys(ROLLUP_KEY, rows)} AND \`count\` = 0`,
);

/** Parameters per row: minute, service_name, severity, count. */
export const addToMinutes = perRowCount(
  (rows) => `INSERT INTO service_severity_minutes (minute, service_name, severity, \`count\`)
  VALUES ${repeated('(?,?,?,?)', rows, ',')}
  ON DUPLICATE KEY UPDATE \`count\` = \`count\` + VALUES(\`count\`)`,
);
