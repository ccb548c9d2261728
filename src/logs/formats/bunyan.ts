import { levelOfPino } from '../levels.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * bunyan (Node.js): `{"name", "hostname", "pid", "level": 30, "msg", "time": RFC 3339, "v": 0}`; its name is
 * that of the application.
 */
export const bunyan: Format = {
  matches: ({ v, level, name, msg }) =>
    v === 0 && typeof level === 'number' && typeof name === 'string' && msg !== undefined,
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['time'],
      level: ['level'],
      message: ['msg'],
      service: ['name'],
      readLevel: levelOfPino,
    }),
};
