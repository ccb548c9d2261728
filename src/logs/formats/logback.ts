import type { JsonObject } from '../json.ts';
import { instantTime } from '../time-value.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * Logback (Java) by either of its encoders. Logstash's: `{"@timestamp", "@version", "message", "logger_name",
 * "thread_name", "level", "level_value", "stack_trace"}`. Its own: `{"timestamp": milliseconds,
 * "nanoseconds", "level", "threadName", "loggerName", "mdc", "message" or "formattedMessage", "throwable"}`.
 */
export const logback: Format = {
  matches: (record) =>
    (record['@timestamp'] !== undefined &&
      (record['message'] !== undefined || record['logger_name'] !== undefined)) ||
    (typeof record['loggerName'] === 'string' && typeof record['level'] === 'string'),
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['@timestamp', 'timestamp', 'timeMillis'],
      level: ['level', 'severity'],
      message: ['formattedMessage', 'message'],
      service: ['context.name', 'mdc.service'],
      readTime: preciseTime,
    }),
};

/** Milliseconds since 1970, and the nanoseconds of that second in a member of their own. */
function preciseTime({ timestamp, nanoseconds }: JsonObject) {
  if (typeof timestamp !== 'number' || typeof nanoseconds !== 'number') return undefined;
  const time = instantTime(Math.floor(timestamp / 1_000), nanoseconds);
  return time === null ? undefined : { time, members: ['timestamp', 'nanoseconds'] };
}
