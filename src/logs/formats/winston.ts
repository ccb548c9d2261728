import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * winston (Node.js): `{"level": "error", "message", "timestamp", "service", "stack"}`, of which only the
 * first two are always there.
 */
export const winston: Format = {
  matches: ({ level, message }) => typeof level === 'string' && message !== undefined,
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['timestamp', 'time', '@timestamp', 'ts'],
      level: ['level'],
      message: ['message'],
    }),
};
