import type { JsonObject } from '../json.ts';
import { levelOfCloudLogging } from '../levels.ts';
import { instantTime } from '../time-value.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * What a program prints for Google's logging agents: `{"severity", "message", "time",
 * "logging.googleapis.com/trace", …}`: https://cloud.google.com/logging/docs/structured-logging. The time is
 * text in `time` or `timestamp`, an object of seconds and nanos in `timestamp`, or `timestampSeconds` and
 * `timestampNanos`.
 */
export const googleStructured: Format = {
  matches: ({ severity, message }) =>
    (typeof severity === 'string' || typeof severity === 'number') && message !== undefined,
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['timestamp', 'time'],
      level: ['severity'],
      message: ['message'],
      readLevel: levelOfCloudLogging,
      readTime: splitTime,
      id: insertIdOf,
    }),
};

function splitTime({ timestampSeconds, timestampNanos }: JsonObject) {
  const time = timestampSeconds === undefined ? null : instantTime(timestampSeconds, timestampNanos);
  return time === null ? undefined : { time, members: ['timestampSeconds', 'timestampNanos'] };
}

/** As of a LogEntry: unique within its log, which here is the service unless the record names one. */
function insertIdOf(record: JsonObject, serviceName: string) {
  const id = record['logging.googleapis.com/insertId'];
  const logName = record['logging.googleapis.com/logName'];
  return typeof id === 'string'
    ? { id, scope: typeof logName === 'string' ? logName : serviceName }
    : undefined;
}
