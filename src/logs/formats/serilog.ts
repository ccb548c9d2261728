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

/**
 * A property that stands in a template a thousand times makes a text that is far longer than the record. Up
 * to this length in UTF-16 units the template is filled in.
 */
const MAX_RENDERED_UNITS = 1024 * 1024;

/**
 * A message template with its properties put in; those that are missing, or are not plain, stay holes. One
 * that would become too long stays as it is: its properties are in the tags.
 */
function rendered(template: unknown, properties: JsonObject): string | undefined {
  if (typeof template !== 'string') return undefined;
  let units = template.length;
  const text = template.replace(HOLE, (hole: string, name: string) => {
    if (units > MAX_RENDERED_UNITS) return hole;
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return hole;
    const filling = String(value);
    units += filling.length - hole.length;
    return units > MAX_RENDERED_UNITS ? hole : filling;
  });
  return units > MAX_RENDERED_UNITS ? template : text;
}
