import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * zap (Go): `{"level": "info", "ts": 1793886300.123456, "logger", "caller", "msg", "stacktrace"}`; the time
 * may be text, too.
 */
export const zap: Format = {
  matches: ({ level, ts, msg }) => typeof level === 'string' && ts !== undefined && msg !== undefined,
  decode: (record, origin) =>
    decodeRecord(record, origin, { time: ['ts'], level: ['level'], message: ['msg'] }),
};
