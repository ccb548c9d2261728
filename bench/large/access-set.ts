import { Counts } from '../../src/store/counts.ts';
import { accessLog, ROWS_A_DAY } from '../access-log.ts';
import type { DailySet, DayOfRows } from './days.ts';

/** Rows that are made between two looks at what else there is to do. */
const MADE_TOGETHER = 2_000;
const LOAD = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE service_logs CHARACTER SET utf8mb4
  (\`timestamp\`, event_id, service_name, severity, payload, tags, attempt_id)`;
const ADD_MINUTES = 'INSERT INTO service_severity_minutes (minute, service_name, severity, `count`) VALUES ?';
const ADD_COUNTS = `INSERT INTO service_severity (service_name, severity, \`count\`) VALUES ?
  ON DUPLICATE KEY UPDATE \`count\` = \`count\` + VALUES(\`count\`)`;

/** Access-log rows with their counts, which are counted while the rows are made. */
export function accessSet(days: number): DailySet {
  return {
    database: `lms_large_${days}`,
    days,
    rowsADay: ROWS_A_DAY,
    bytesARow: 500,
    load: LOAD,
    day: dayOfRows,
  };
}

function dayOfRows(day: number): DayOfRows {
  const counts = new Counts();
  return {
    file: fileOf(day, counts),
    // What both lanes change comes last, for the shortest time.
    rest: () => [
      [ADD_MINUTES, [counts.byMinute().map((of) => [of.minute, of.serviceName, of.severity, of.count])]],
      [ADD_COUNTS, [counts.byKey().map((of) => [of.serviceName, of.severity, of.count])]],
    ],
  };
}

/** The texts of these rows need no escaping. */
function* fileOf(day: number, counts: Counts): Generator<Buffer> {
  const start = day * ROWS_A_DAY;
  for (let made = 0; made < ROWS_A_DAY; made += MADE_TOGETHER) {
    let text = '';
    for (const entry of accessLog(start + made, MADE_TOGETHER)) {
      counts.add(entry);
      const { timestamp, eventId, serviceName, severity, payload, tags } = entry;
      text += `${timestamp}\t${eventId}\t${serviceName}\t${severity}\t${payload}\t${tags ?? ''}\t1\n`;
    }
    yield Buffer.from(text);
  }
}
