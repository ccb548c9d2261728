import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Format } from './format.ts';
import { decodeRecord } from './structured-record.ts';

/**
 * Serilog (.NET) in its compact form: `{"@t", "@mt" or "@m", "@l", "@x", "@tr", "@sp"}` and properties; a
 * record without a level is Information. The message template stays in the tags: it tells events of a kind.
 */
export const serilogCompact: Format = {
  matches: (record) =>
    record['@t'] !== undefined && (record['@m'] !== undefined || record['@mt'] !== undefined),
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['@t'],
      level: ['@l'],
      message: ['@m'],
      service: ['Application', 'ApplicationName', 'ServiceName', 'Service'],
      payload: (fields) => (fields['@m'] === undefined ? rendered(fields['@mt'], fields) : undefined),
    }),
};

/**
 * Serilog in its older form: `{"Timestamp", "Level", "MessageTemplate", "RenderedMessage", "Properties",
 * "Exception"}`.
 */
export const serilog: Format = {
  matches: ({ Timestamp, MessageTemplate }) => Timestamp !== undefined && typeof MessageTemplate === 'string',
  decode: (record, origin) =>
    decodeRecord(record, origin, {
      time: ['Timestamp'],
      level: ['Level'],
      message: ['RenderedMessage'],
      service: [
        'Properties.Application',
        'Properties.ApplicationName',
        'Properties.ServiceName',
        'Properties.Service',
      ],
      payload: ({ RenderedMessage, MessageTemplate, Properties }) =>
        RenderedMessage === undefined
          ? rendered(MessageTemplate, isJsonObject(Properties) ? Properties : {})
          : undefined,
    }),
};

/** A name between braces, with what may stand around it: `{@Order}`, `{Elapsed:0.000}`, `{Name,-10}`. */
const HOLE = /\{[@$]?(\w{1,100})(?:,-?\d{1,9})?(?::[^{}]{0,100})?\}/g;

/** A message template with its properties put in; those that are missing, or are not plain, stay holes. */
function rendered(template: unknown, properties: JsonObject): string | undefined {
  if (typeof template !== 'string') return undefined;
  return template.replace(HOLE, (hole: string, name: string) => {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : hole;
  });
}
