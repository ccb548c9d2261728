import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * zerolog (Go): `{"level": "error", "time": RFC 3339 or since 1970, "caller", "error", "stack", "message"}`.
 * A record may have no message, and no level.
 */
export const zerolog: Format = {
  matches: ({ level, time, message, error }) =>
    time !== undefined &&
    (typeof level === 'string' || level === undefined) &&
    (typeof message === 'string' || (typeof level === 'string' && error !== undefined)),
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['time'],
      level: ['level'],
      // A record that has only an error is about it.
      message: ['message', 'error'],
    }),
};
