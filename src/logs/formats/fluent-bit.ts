import type { LogEntry } from '../entry.ts';
import { keepForColumn, withExactNumbers } from '../exact-json.ts';
import type { JsonObject } from '../json.ts';
import { isDeeperThan, isJsonObject } from '../json.ts';
import type { Level } from '../levels.ts';
import { levelOfPino, levelOfSyslog } from '../levels.ts';
import { withMembers } from '../members.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * A record beyond this many characters in `log` is kept as text: parsing it a second time is not worth it.
 */
const MAX_INNER_UNITS = 1_000_000;
const MAX_INNER_LEVELS = 30;

/**
 * Fluent Bit (and Fluentd) from containers, `{"log", "stream", "time" or "date", "kubernetes": {…}}`, and
 * from the journal, `{"MESSAGE", "PRIORITY", "_SYSTEMD_UNIT"}`. A `log` that is a JSON object is a record
 * itself: its members count before those around it.
 */
export const fluentBit: Format = {
  matches: ({ kubernetes, MESSAGE, PRIORITY, _SYSTEMD_UNIT: unit }) =>
    (isJsonObject(kubernetes) &&
      (kubernetes['pod_name'] !== undefined || kubernetes['container_name'] !== undefined)) ||
    (MESSAGE !== undefined && (PRIORITY !== undefined || unit !== undefined)),
  decode: (record, origin) => {
    const { log } = record;
    if (typeof log !== 'string') return decode(record, origin);
    const inner = innerRecord(log);
    if (inner === undefined) return decode({ ...record, log: log.replace(/\r?\n$/, '') }, origin);
    return decode(withMembers(inner, 'fluent', { ...record, log: undefined }), { ...origin, text: '' });
  },
};

/** The record that a line of a container's log is, if it is one; its numbers as a column holds them. */
function innerRecord(log: string): JsonObject | undefined {
  if (!/^\s*\{/.test(log) || log.length > MAX_INNER_UNITS) return undefined;
  try {
    const inner: unknown = JSON.parse(log);
    if (!isJsonObject(inner) || isDeeperThan(inner, MAX_INNER_LEVELS)) return undefined;
    return withExactNumbers(inner, log, keepForColumn);
  } catch {
    return undefined;
  }
}

function decode(record: JsonObject, origin: Origin): LogEntry | Rejection {
  return decodeRecord(record, origin, {
    time: [
      'time',
      'timestamp',
      'ts',
      '@timestamp',
      'date',
      '_SOURCE_REALTIME_TIMESTAMP',
      '__REALTIME_TIMESTAMP',
    ],
    level: ['level', 'severity', 'log_processed.level', 'PRIORITY'],
    message: ['message', 'msg', 'log_processed.message', 'log_processed.msg', 'log', 'MESSAGE'],
    service: ['kubernetes.container_name', 'SYSLOG_IDENTIFIER', '_SYSTEMD_UNIT'],
    readLevel: levelOfAny,
  });
}

/** Applications number their levels as pino does; a journal, as text of one digit, as syslog does. */
function levelOfAny(value: unknown): Level | undefined {
  return typeof value === 'number' && value >= 10 ? levelOfPino(value) : levelOfSyslog(value);
}
