import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { levelOfSyslog } from '../levels.ts';
import { memberAt } from '../members.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * Elastic Common Schema, as its loggers and Beats write it: `{"@timestamp", "log.level", "message",
 * "ecs.version", "service.name", "trace.id", "error.stack_trace"}`, with dots in the names or nested.
 */
export const ecs: Format = {
  matches: (record) =>
    record['@timestamp'] !== undefined &&
    (memberAt(record, 'log.level') !== undefined ||
      memberAt(record, 'ecs.version') !== undefined ||
      isBeat(record)),
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['@timestamp'],
      level: ['log.level', 'level', 'log.syslog.severity.code'],
      message: ['message', 'event.original', 'error.message'],
      service: ['fields.service', 'container.name', 'process.name'],
      readLevel: levelOfSyslog,
    }),
};

function isBeat({ agent }: JsonObject): boolean {
  return isJsonObject(agent) && typeof agent['type'] === 'string';
}
