import { levelOfPino } from '../levels.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * pino (Node.js): `{"level": 30, "time": 1793886300123, "pid", "hostname", "msg"}`; an error has its stack in
 * `err`.
 */
export const pino: Format = {
  matches: ({ level, time, msg, pid, v }) =>
    typeof level === 'number' && v !== 0 && time !== undefined && (msg !== undefined || pid !== undefined),
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['time'],
      level: ['level'],
      message: ['msg'],
      service: ['name'],
      readLevel: levelOfPino,
    }),
};
