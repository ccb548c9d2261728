import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * slog (Go): `{"time", "level": "INFO" or "ERROR+4", "source", "msg"}`. logrus writes the same names, in
 * lower case.
 */
export const slog: Format = {
  matches: ({ level, msg }) => typeof level === 'string' && msg !== undefined,
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['time', 'timestamp', '@timestamp'],
      level: ['level'],
      message: ['msg'],
    }),
};
